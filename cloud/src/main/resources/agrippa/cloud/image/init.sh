#!/bin/sh
# Process 1 of a server: makes its host key, lets the key pair's owner in by SSH, and ends when asked.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
sshd=
trap '[ -z "$sshd" ] || kill "$sshd"; echo "agrippa-mini: stopped"; exit 0' TERM

echo "agrippa-mini: starting $(cat /etc/hostname)"
key=/etc/dropbear/host_key
[ -s "$key" ] || dropbearkey -t ed25519 -f "$key" >/dev/null 2>&1
dropbearkey -y -f "$key" | grep Fingerprint
if [ -f /root/.ssh/authorized_keys ]; then
  mkdir -p /home/cirros/.ssh
  cp /root/.ssh/authorized_keys /home/cirros/.ssh/authorized_keys
  chmod 700 /home/cirros/.ssh
  chown -R cirros:cirros /home/cirros/.ssh
fi
# Password logins are off: nobody has a password.
dropbear -F -E -s -m -r "$key" -p 22 &
sshd=$!
# What the server was created with runs once, if it is a script.
data=/run/agrippa/user_data
if [ -f "$data" ] && [ ! -e /var/lib/user_data ]; then
  cp "$data" /var/lib/user_data
  chmod 700 /var/lib/user_data
  [ "$(head -c 2 "$data")" != '#!' ] || /var/lib/user_data &
fi
echo "agrippa-mini: ready"
# Children without parents are this process's, and end here.
while kill -0 "$sshd" 2>/dev/null; do wait "$sshd"; done
echo "agrippa-mini: sshd ended"
exit 1
