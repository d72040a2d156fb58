#!/bin/sh
# Enters a server's cgroups and network, and makes its other namespaces. $1 is the server's folder, $2
# the file of its network namespace, $3 the script that goes on. The process needs to mount and to
# make devices until its container stands; it inherits these rights, and gives them up at the end. All
# else that its root shall not do, it loses here for good.
set -eu
while IFS= read -r group; do
  echo 0 > "$group/cgroup.procs"
done < "$1/cgroups"
exec nsenter --net="$2" \
  unshare --mount --pid --fork --ipc --uts --cgroup \
  setpriv --inh-caps=-all,+sys_admin,+mknod \
  setpriv --bounding-set=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,\
+net_bind_service,+net_raw,+sys_chroot,+audit_write \
  /bin/sh "$3" "$1"
