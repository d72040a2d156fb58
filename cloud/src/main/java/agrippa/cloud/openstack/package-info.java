/// What the clients of a real OpenStack have in common: bounded HTTP, a service user's session with
/// Keystone, and services found in the catalogue. Start at [agrippa.cloud.openstack.ServiceClient].
@NullMarked
package agrippa.cloud.openstack;

import org.jspecify.annotations.NullMarked;
