#!/bin/sh
# A cluster for one audit on Slurm: the first task is scheduler and driver, the others are workers.
#SBATCH --job-name=auditor
#SBATCH --ntasks=9
#SBATCH --cpus-per-task=4
#SBATCH --mem-per-cpu=2G
#SBATCH --time=02:00:00
set -eu
# Dask's profiler, tick and system monitor cost 4 % of a core per worker and serve no purpose here.
export DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED=False DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL=1s
export DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL=10s
host=$(hostname)
port=${AUDITOR_PORT:-8786}
dask scheduler --host "$host" --port "$port" --no-dashboard &
scheduler=$!
srun --ntasks=$((SLURM_NTASKS - 1)) sh -c "while :; do
    dask worker tcp://$host:$port --nworkers 1 --nthreads $SLURM_CPUS_PER_TASK --memory-limit 0 --no-dashboard
    sleep 2
done" &
workers=$!
trap 'kill $scheduler $workers' EXIT
auditor run audit.toml --scheduler "tcp://$host:$port"
