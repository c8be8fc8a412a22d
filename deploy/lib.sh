# shellcheck shell=bash
# shellcheck disable=SC2034 # Many of the variables are read by the scripts that source this file.
# What the scripts of this folder share. Sourced, never run.

set -euo pipefail

# Where the person is, to whom relative paths on the command line are relative.
caller=$PWD
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
self=deploy/${0##*/}
cd "$root"

# The cluster and the registry as deploy/cluster/k3d.yaml has them.
cluster=alloy-kafka-dev
context=k3d-$cluster
registry=localhost:5005
port=30080
hosts=(grafana.local prometheus.local alloy.local)
# What the charts are rendered for; deploy/cluster/k3d.yaml has the same.
kubernetes=1.35.5
# The annotation of Kafka's volumes that says which Kafka they are of.
identity=observability/kafka-cluster-id
# Absolute: an AppHost that "dotnet run" starts has its own folder as working directory.
chart_output=$root/artifacts/deploy/chart
dry_run=false

# The namespaces of a stack, and the label that all of its objects carry.
namespaces() { # name of the first
  ns_main=$1
  if [[ $1 == default ]]; then
    ns_kafka=kafka ns_monitoring=monitoring
  else
    ns_kafka=$1-kafka ns_monitoring=$1-monitoring
  fi
  label=observability/stack=$1
}
namespaces default

# The namespace that takes the place of one of the laptop's.
own_namespace() { # namespace
  case $1 in
    default) echo "$ns_main" ;;
    kafka) echo "$ns_kafka" ;;
    monitoring) echo "$ns_monitoring" ;;
    *) echo "$1" ;;
  esac
}

# A path of the command line: relative to the root when it is inside, so that it is the same on every machine; absolute otherwise.
from_caller() { # path
  local path=$1
  [[ $path == /* ]] || path=$caller/$path
  printf '%s' "${path#"$root/"}"
}

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

# The namespaces of a stack that is there, for the scripts that look at one: those of --namespace, or those that deploy/up uses where no
# --namespace is given.
which_stack() { # value of --namespace or ''
  if [[ -n $1 ]]; then
    namespaces "$1"
  elif [[ $context != "k3d-$cluster" ]]; then
    namespaces observability
  fi
}

# Whether a thing is in the cluster; in a dry run nothing is.
exists() { # namespace, kind/name
  ! $dry_run && k --namespace "$1" get "$2" >/dev/null 2>&1
}

apply() { # kubectl's arguments that name what to apply
  run kubectl --context "$context" apply --server-side --force-conflicts "$@"
}

# --- what a stack is made of ---------------------------------------------------------------------------------------------------

# The ConfigMap in a stack's first namespace that lists all of its objects, as objects.txt of deploy/render does.
inventory=observability-stack

# The list of the objects that are recorded in the cluster; nothing when there is no stack.
recorded_objects() {
  k --namespace "$ns_main" get configmap "$inventory" --ignore-not-found --output 'jsonpath={.data.objects\.txt}'
}

# A kind as kubectl takes it, so that another API group's kind of the same name is not meant.
# shellcheck disable=SC2016 # The fields are awk's.
kind_of='function kind_of(version, kind) { if (version !~ /\//) return kind; sub(/\/.*/, "", version); return kind "." version }'

# What is in the cluster of the kinds of a list: kubectl's kind, namespace ("-" for none), name and the stack whose label it carries, a
# line each, with tabs between them. Reads a list of objects.
objects_there() {
  local kind
  awk -F '\t' "$kind_of"'!seen[kind_of($2, $3)]++ { print kind_of($2, $3) }' | while read -r kind; do
    # A kind that the cluster does not know has no objects.
    k get "$kind" --all-namespaces --output "jsonpath={range .items[*]}$kind{\"\t\"}{.metadata.namespace}{\"\t\"}{.metadata.name}{\"\t\"}{.metadata.labels.${label%=*}}{\"\n\"}{end}" 2>/dev/null </dev/null || true
  done | awk -F '\t' -v OFS='\t' '$2 == "" { $2 = "-" } { print }'
}

# What stands for something that runs: kubectl's kind, namespace, name and what is waited for, a line each. Reads lists of objects.
promised() { # folder or '' for all
  awk -F '\t' -v folder="$1" "$kind_of"'
    folder != "" && $1 != folder { next }
    $3 ~ /^(Deployment|StatefulSet|DaemonSet)$/ { print kind_of($2, $3), $4, $5, "rollout" }
    $3 ~ /^(Prometheus|Alertmanager)$/ { print kind_of($2, $3), $4, $5, "Available" }
    $3 ~ /^(Kafka|KafkaTopic|KafkaUser)$/ { print kind_of($2, $3), $4, $5, "Ready" }'
}

# What of the promised things is not as promised, a line each, with the reason. Reads a list of objects.
not_ready() {
  local kinds kind output wanted=
  wanted=$(promised '')
  kinds=$(awk '{ print $1 }' <<<"$wanted" | awk '!seen[$0]++')
  {
    printf '%s\n' "$wanted"
    for kind in $kinds; do
      case $kind in
        DaemonSet.*) output='{.status.desiredNumberScheduled}{"\t"}{.status.numberReady}{"\t"}' ;;
        Deployment.* | StatefulSet.*) output='{.spec.replicas}{"\t"}{.status.readyReplicas}{"\t"}' ;;
        *) output='{"\t"}{"\t"}' ;;
      esac
      k get "$kind" --all-namespaces --output "jsonpath={range .items[*]}found{\"\t\"}$kind{\"\t\"}{.metadata.namespace}{\"\t\"}{.metadata.name}{\"\t\"}$output{range .status.conditions[?(@.type==\"Ready\")]}Ready={.status} {.reason} {.message}{end}{range .status.conditions[?(@.type==\"Available\")]}Available={.status} {.reason} {.message}{end}{\"\n\"}{end}" 2>/dev/null || true
    done
  } | awk -F '\t' '
    $1 == "found" { key = $2 " " $3 " " $4; there[key] = 1; want[key] = $5 == "" ? 0 : $5; have[key] = $6 == "" ? 0 : $6; condition[key] = $7; next }
    $0 != "" { line[++n] = $0 }
    END {
      for (i = 1; i <= n; i++) {
        split(line[i], f, " ")
        key = f[1] " " f[2] " " f[3]
        what = "  " f[1] " " f[2] "/" f[3]
        sub(/\.[^ ]*/, "", what)
        if (!(key in there)) print what " is not there"
        else if (f[4] == "rollout") { if (have[key] + 0 < want[key] + 0) print what " has " have[key] " of " want[key] " pods ready" }
        else if (index(condition[key], f[4] "=True") == 0) print what " is not " f[4] (condition[key] == "" ? ": its operator has said nothing of it" : ": " condition[key])
      }
    }'
}

# What the cluster says of a thing that did not become ready, and of what happened in its namespace.
explain() { # kind, namespace, name
  {
    printf '\nWhat the cluster says of %s %s/%s:\n' "${1%%.*}" "$2" "$3"
    k --namespace "$2" get "$1" "$3" --output 'jsonpath={range .status.conditions[*]}  {.type}={.status} {.reason} {.message}{"\n"}{end}' 2>&1 || true
    printf 'The last warnings in namespace %s:\n' "$2"
    k --namespace "$2" get events --field-selector type=Warning --sort-by .metadata.creationTimestamp \
      --output 'jsonpath={range .items[*]}  {.involvedObject.kind}/{.involvedObject.name}: {.reason}: {.message}{"\n"}{end}' 2>/dev/null | tail -n 8
    printf 'Pods that wait there:\n'
    k --namespace "$2" get pods --field-selector status.phase=Pending --no-headers 2>/dev/null | head -n 8
  } >&2
}

# Waits until all that a folder of manifests promises is as promised.
await() { # folder of manifests, its name, time-out
  local kind namespace name condition
  if $dry_run; then
    printf 'Waits, at most %s each, for every Deployment, StatefulSet, DaemonSet, Prometheus, Alertmanager, Kafka, KafkaTopic and KafkaUser of %s by name.\n' "$3" "$2"
    return
  fi
  # Not from standard input, which kubectl might read.
  while read -r kind namespace name condition <&4; do
    if [[ $condition == rollout ]]; then
      run kubectl --context "$context" --namespace "$namespace" rollout status "$kind/$name" --timeout "$3"
    else
      run kubectl --context "$context" --namespace "$namespace" wait "$kind/$name" "--for=condition=$condition" --timeout "$3"
    fi || {
      explain "$kind" "$namespace" "$name"
      die "$kind $namespace/$name is not ready after $3; 'deploy/status' tells of all, \"When something is wrong\" in deploy/README.md what to do"
    }
  done 4< <(promised "$2" <"$1/objects.txt")
}

# The row of a release in charts.tsv: sets namespace, version and chart_address.
chart_of() { # release
  local row
  row=$(awk -F '\t' -v release="$1" '$1 == release { print $2, $3, $4 }' deploy/charts.tsv)
  [[ -n $row ]] || die "deploy/charts.tsv has no release '$1'"
  read -r namespace version chart_address <<<"$row"
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
  if [[ $tool == docker && $(docker info --format '{{.CgroupVersion}}' 2>/dev/null) == 1 ]]; then
    printf 'docker: runs on control groups of version 1, which Kubernetes 1.35 refuses; in WSL: kernelCommandLine = cgroup_no_v1=all in .wslconfig, then wsl --shutdown\n' >&2
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

# Opens a port of a Service or of a Deployment's pod on this machine, for as long as the script runs, and sets forwarded to its address.
forward() { # namespace, kind/name, port
  shown kubectl --context "$context" --namespace "$1" port-forward "$2" ":$3" --address 127.0.0.1
  if $dry_run; then
    forwarded=127.0.0.1:$3
    return
  fi
  local log pid attempt
  log=$(mktemp)
  # The program itself, not a function: $! must be its own number, or the shell ends and it goes on.
  kubectl --context "$context" --namespace "$1" port-forward "$2" ":$3" --address 127.0.0.1 >"$log" 2>&1 &
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
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
