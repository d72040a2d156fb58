#!/bin/sh
# Writes a server's console, which comes on the standard input, into console.log of the folder $1.
# That grows to 512 KB and a little, is then put aside as console.old, and what was there is lost.
cd "$1" || exit 1
touch console.log
while :; do
  before=$(stat -c %s console.log)
  dd of=console.log bs=256 count=512 oflag=append conv=notrunc 2>/dev/null
  after=$(stat -c %s console.log)
  [ "$after" -gt "$before" ] || exit 0
  if [ "$after" -gt 524288 ]; then
    mv console.log console.old
    touch console.log
  fi
done
