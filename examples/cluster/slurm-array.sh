#!/bin/sh
# An audit in parts on Slurm. Submit the parts, then their merging:
#   parts=$(sbatch --parsable slurm-array.sh)
#   sbatch --dependency=afterok:"$parts" slurm-merge.sh
#SBATCH --job-name=auditor
#SBATCH --array=1-16
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=04:00:00
set -eu
shard="$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
auditor verify audit.toml --shard "$shard"
auditor score audit.toml --shard "$shard"
