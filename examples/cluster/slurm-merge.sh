#!/bin/sh
# Makes one run of the parts, does what they may lack, and writes the report.
#SBATCH --job-name=auditor-merge
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
set -eu
auditor merge reports/audit/shards/* --out reports/audit
auditor run audit.toml
