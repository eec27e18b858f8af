#!/bin/bash
# Starts a registry of container images from a folder, on this machine's own port 5000. Usage: serve-registry.sh FOLDER
# Prints its process id once it answers.
set -eu
folder=$1
cat > "$folder.yml" << END
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: $folder } }
http: { addr: 127.0.0.1:5000 }
END
docker-registry serve "$folder.yml" > "$folder.log" 2>&1 &
process=$!
for ((i = 0; i < 60; i++)); do
    if (exec 3<> /dev/tcp/127.0.0.1/5000) 2> /dev/null; then echo $process && exit 0; fi
    kill -0 $process 2> /dev/null || break
    sleep 1
done
cat "$folder.log" >&2
echo "serve-registry: the registry does not answer" >&2
exit 1
