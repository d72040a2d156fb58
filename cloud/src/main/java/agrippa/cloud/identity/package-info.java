/// An identity service: users, projects, roles, tokens, with the face of Keystone v3. Start at
/// [agrippa.cloud.identity.EmbeddedIdentity].
@NullMarked
package agrippa.cloud.identity;

import org.jspecify.annotations.NullMarked;
