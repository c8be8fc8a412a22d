# shellcheck shell=bash
# shellcheck disable=SC2034 # Many of the variables are read by the scripts that source this file.
# What the scripts of this folder share. Sourced, never run.

set -euo pipefail

root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
self=deploy/${0##*/}
cd "$root"

# The cluster and the registry as deploy/cluster/k3d.yaml has them.
cluster=alloy-kafka-dev
context=k3d-$cluster
registry=localhost:5005
port=30080
hosts=(grafana.local prometheus.local alloy.local)
# The label of what deploy/up makes of files, so that deploy/down finds it.
managed=app.kubernetes.io/managed-by=deploy-up
# The annotation of Kafka's volumes that says which Kafka they are of.
identity=observability/kafka-cluster-id
# Absolute: an AppHost that "dotnet run" starts has its own folder as working directory.
chart_output=$root/artifacts/deploy/chart
dry_run=false

die() {
  printf '%s: %s\n' "$self" "$*" >&2
  exit 1
}

# A mistake on the command line.
usage_error() {
  printf "%s: %s (see '%s --help')\n" "$self" "$*" "$self" >&2
  exit 2
}

# The comment at the head of a script is its help.
help() {
  awk 'NR == 1 { next } !/^#/ { exit } { sub(/^# ?/, ""); print }' "$self"
  exit 0
}

# Stops unless the option that comes first is followed by a value.
needs_value() { # option, value
  [[ $# -ge 2 && -n $2 && $2 != -* ]] || usage_error "$1 needs a value"
}

one_of() { # option, value, accepted...
  local option=$1 value=$2 accepted
  shift 2
  for accepted; do [[ $value == "$accepted" ]] && return; done
  usage_error "$option is '$value'; it accepts: $*"
}

step() {
  printf '\n== %s (%d s)\n' "$*" "$(elapsed)"
}

elapsed() {
  if $dry_run; then echo 0; else echo "$SECONDS"; fi
}

# A command as one could type it.
shown() {
  local word line='' quote="'"
  for word; do
    [[ $word == '|' || $word =~ ^[A-Za-z0-9_./:=@%+,-]+$ ]] || word=$quote${word//$quote/$quote\\$quote$quote}$quote
    line+=" $word"
  done
  printf '+%s\n' "$line" >&2
}

# Shows a command, and runs it unless this is a dry run. The word '|' makes a pipe.
run() {
  shown "$@"
  $dry_run || piped "$@"
}

piped() {
  local command=()
  while [[ $# -gt 0 && $1 != '|' ]]; do
    command+=("$1")
    shift
  done
  if [[ $# -eq 0 ]]; then
    "${command[@]}"
  else
    shift
    "${command[@]}" | piped "$@"
  fi
}

k() { kubectl --context "$context" "$@"; }

# Whether a thing is in the cluster; in a dry run nothing is.
exists() { # namespace, kind/name
  ! $dry_run && k --namespace "$1" get "$2" >/dev/null 2>&1
}

apply() { # kubectl's arguments that name what to apply
  run kubectl --context "$context" apply --server-side --force-conflicts "$@"
}

# A ConfigMap of files: the files stay the only copy.
apply_configmap() { # namespace, name, label or '', annotation or '', files...
  local namespace=$1 name=$2 label=$3 annotation=$4 file
  shift 4
  local command=(kubectl create configmap "$name" --namespace "$namespace" --dry-run=client --output yaml)
  for file; do command+=("--from-file=$file"); done
  command+=('|' kubectl label --local --filename - --output yaml "$managed")
  [[ -z $label ]] || command+=("$label")
  [[ -z $annotation ]] || command+=('|' kubectl annotate --local --filename - --output yaml "$annotation")
  run "${command[@]}" '|' kubectl --context "$context" apply --server-side --force-conflicts --filename -
}

# The row of a release in charts.tsv: sets namespace, version and chart.
chart_of() { # release
  local row
  row=$(awk -F '\t' -v release="$1" '$1 == release { print $2, $3, $4 }' deploy/charts.tsv)
  [[ -n $row ]] || die "deploy/charts.tsv has no release '$1'"
  read -r namespace version chart <<<"$row"
}

# What is missing or too old for this deployment is told all at once, with the way to get it.
preflight() { # tools...
  local tool problems=0
  for tool; do check_tool "$tool" || problems=$((problems + 1)); done
  [[ $problems -eq 0 ]] || die "$problems of the tools above must be put right first"
}

check_tool() {
  local tool=$1 wanted found how
  case $tool in
    docker) wanted=24.0 how='https://docs.docker.com/engine/install/' ;;
    k3d) wanted=5.8 how='https://k3d.io/stable/#installation' ;;
    kubectl) wanted=1.34 how='https://kubernetes.io/docs/tasks/tools/' ;;
    helm) wanted=3.18 how='https://helm.sh/docs/intro/install/' ;;
    dotnet) wanted=10.0 how='https://dotnet.microsoft.com/download/dotnet/10.0' ;;
    curl) wanted=7.82 how='the package curl of your system' ;;
    *) die "no such tool: $tool" ;;
  esac
  if ! command -v "$tool" >/dev/null; then
    printf '%s: not installed; get %s or newer: %s\n' "$tool" "$wanted" "$how" >&2
    return 1
  fi
  found=$(version_of "$tool")
  if [[ -z $found && $tool == docker ]]; then
    printf 'docker: installed, but its daemon does not answer; start it and see that you may use it (docker info)\n' >&2
    return 1
  fi
  if ! at_least "$found" "$wanted"; then
    printf '%s: %s is too old; get %s or newer: %s\n' "$tool" "${found:-an unknown version}" "$wanted" "$how" >&2
    return 1
  fi
}

version_of() {
  local text
  case $1 in
    docker) text=$(docker version --format '{{.Server.Version}}' 2>/dev/null) || true ;;
    k3d) text=$(k3d version 2>/dev/null) || true ;;
    kubectl) text=$(kubectl version --client 2>/dev/null) || true ;;
    helm) text=$(helm version --short 2>/dev/null) || true ;;
    dotnet) text=$(dotnet --version 2>/dev/null) || true ;;
    curl) text=$(curl --version 2>/dev/null) || true ;;
  esac
  [[ $text =~ [0-9]+\.[0-9]+(\.[0-9]+)? ]] && printf '%s' "${BASH_REMATCH[0]}"
}

at_least() { # version, wanted
  local major minor wanted_major wanted_minor
  IFS=. read -r major minor _ <<<"$1"
  IFS=. read -r wanted_major wanted_minor _ <<<"$2"
  ((${major:-0} > wanted_major || (${major:-0} == wanted_major && ${minor:-0} >= wanted_minor)))
}

# Opens a port of a Service on this machine, for as long as the script runs, and sets forwarded to its address.
forward() { # namespace, service, port
  shown kubectl --context "$context" --namespace "$1" port-forward "service/$2" ":$3" --address 127.0.0.1
  if $dry_run; then
    forwarded=127.0.0.1:$3
    return
  fi
  local log pid attempt
  log=$(mktemp)
  k --namespace "$1" port-forward "service/$2" ":$3" --address 127.0.0.1 >"$log" 2>&1 &
  pid=$!
  forwards+=("$pid")
  for attempt in {1..50}; do
    if [[ $(<"$log") =~ 'Forwarding from '(127\.0\.0\.1:[0-9]+) ]]; then
      forwarded=${BASH_REMATCH[1]}
      rm -f "$log"
      return
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
  die "no way to service/$2 in $1 (after $attempt tries): $(<"$log")"
}

forwards=()
close_forwards() {
  [[ ${#forwards[@]} -eq 0 ]] || kill "${forwards[@]}" 2>/dev/null || true
}
trap close_forwards EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
