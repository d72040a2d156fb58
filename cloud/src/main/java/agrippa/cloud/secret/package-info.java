/// A secret service: secrets, certificate containers, access lists, with the face of Barbican v1;
/// start at [agrippa.cloud.secret.EmbeddedSecrets]. And the client of a real Barbican,
/// [agrippa.cloud.secret.BarbicanSecrets].
@NullMarked
package agrippa.cloud.secret;

import org.jspecify.annotations.NullMarked;
