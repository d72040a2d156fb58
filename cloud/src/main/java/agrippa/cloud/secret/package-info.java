/// A secret service: secrets, certificate containers, access lists, with the face of Barbican v1.
/// Start at [agrippa.cloud.secret.EmbeddedSecrets].
@NullMarked
package agrippa.cloud.secret;

import org.jspecify.annotations.NullMarked;
