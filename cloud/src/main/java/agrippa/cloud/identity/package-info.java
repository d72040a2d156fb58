/// An identity service: users, projects, roles, tokens, with the face of Keystone v3; start at
/// [agrippa.cloud.identity.EmbeddedIdentity]. And the client of a real Keystone,
/// [agrippa.cloud.identity.KeystoneIdentity].
@NullMarked
package agrippa.cloud.identity;

import org.jspecify.annotations.NullMarked;
