#!/usr/bin/env bash
# slurm.sh FOLDER NODES: a Slurm on this host, in that folder: munged, slurmctld and as many
# slurmd, each a node of its own. Prints the path of its slurm.conf once all nodes are
# idle, and ends with its stdin (so with whoever started it), taking all of it along.
set -euo pipefail
folder=$1 nodes=$2
host=$(hostname -s)
mkdir -p "$folder"/{state,log,run}
export SLURM_CONF=$folder/slurm.conf

# Free ports, one for the controller and one a node.
read -r -a ports <<<"$(python3 - "$((nodes + 1))" <<'PYTHON'
import socket, sys
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(one.getsockname()[1] for one in held))
PYTHON
)"

head -c 1024 /dev/urandom >"$folder/munge.key"
chmod 400 "$folder/munge.key"
cat >"$SLURM_CONF" <<CONF
ClusterName=proctor
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/run/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd-%n.pid
SlurmdSpoolDir=$folder/run/%n
SlurmctldLogFile=$folder/log/slurmctld
SlurmdLogFile=$folder/log/slurmd-%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MpiDefault=none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
ReturnToService=2
SlurmdTimeout=10
MessageTimeout=5
InactiveLimit=0
KillWait=2
MinJobAge=300
SchedulerParameters=batch_sched_delay=1,sched_interval=1,sched_min_interval=0
CONF
for ((i = 1; i <= nodes; ++i)); do
  echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[i]} CPUs=1 RealMemory=500" >>"$SLURM_CONF"
done
echo "PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP" >>"$SLURM_CONF"

pids=()
end() {
  kill -KILL "${pids[@]}" 2>/dev/null || true
  pkill -KILL -f "$folder" 2>/dev/null || true
}
trap end EXIT
munged --foreground --force --socket="$folder/run/munge.socket" --key-file="$folder/munge.key" \
  --pid-file="$folder/run/munged.pid" --log-file="$folder/log/munged" --seed-file="$folder/run/munge.seed" &
pids+=($!)
until [ -S "$folder/run/munge.socket" ]; do sleep 0.1; done
slurmctld -D >/dev/null 2>&1 & pids+=($!)
for ((i = 1; i <= nodes; ++i)); do
  mkdir -p "$folder/run/n$i"
  slurmd -D -N "n$i" >/dev/null 2>&1 & pids+=($!)
done
for ((wait = 0; wait < 300; ++wait)); do
  idle=$(sinfo -h -N -o %T 2>/dev/null | grep -c '^idle$' || true)
  if [ "$idle" = "$nodes" ]; then
    echo "$SLURM_CONF"
    cat >/dev/null
    exit 0
  fi
  sleep 0.1
done
tail -n 5 "$folder"/log/* >&2
exit 1
