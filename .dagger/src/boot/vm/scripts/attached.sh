# shellcheck shell=bash disable=SC2034,SC2054,SC2154 # set and read where it is sourced
# What every machine has besides its stage's own (machine.ts): ports by which it and the host talk, and how fast it is, for the gate.
ports=(
    -chardev "pipe,id=port,path=$pipes/port" -chardev "pipe,id=upgrade,path=$pipes/upgrade"
    -chardev null,id=scale -device "virtserialport,chardev=scale,name=hegemonikon.scale.$scale"
)
# What it sends to its network (id=net) goes through cut-cloud.pl; what comes back does not.
network=(
    -chardev "pipe,id=sent,path=$pipes/sent" -chardev "pipe,id=passed,path=$pipes/passed"
    -chardev "pipe,id=answered,path=$pipes/answered"
    -object filter-redirector,id=cut-cloud,netdev=net,queue=rx,outdev=sent,indev=passed
    -object filter-redirector,id=prohibited,netdev=net,queue=tx,indev=answered
)
# It ends after the machine. Where it fails before, nobody reads what the machine sends, and the emulator would wait for that.
cut_cloud() {
    perl "$here/cut-cloud.pl" < "$pipes/sent.out" 1<> "$pipes/passed.in" 3<> "$pipes/answered.in" 2>> qemu.log || kill -9 "$machine"
}
