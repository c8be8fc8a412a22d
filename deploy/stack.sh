# shellcheck shell=bash
# shellcheck disable=SC2034 # Many of the variables are read by the scripts that source this file.
# What deploy/render and deploy/up understand alike: which stack is wanted. Sourced after lib.sh, never run.

ingress=nginx
loki=simple-scalable
kafka_auth=false
real_cluster=false
alerts=true
registry_mirror=
tag=
domain=local
tls_secret=
expose=all
charts=${DEPLOY_CHARTS:+$(from_caller "$DEPLOY_CHARTS")}
chart=
[[ -z $charts ]] || export DEPLOY_CHARTS=$charts
# The overlays, in the order in which they were given: the last one wins.
overlays=()
# The parts that are left out, and the address of what stands in the place of each.
without=' '
prometheus_url=
loki_url=

# Takes one of the options that both scripts have, and sets taken to the number of its words, 0 when it is none of them, and words to
# them, with paths that hold from the root.
stack_option() { # arguments...
  taken=2
  case $1 in
    --kafka-auth) kafka_auth=true taken=1 ;;
    --no-alerts) alerts=false taken=1 ;;
    --ingress | --loki | --values | --without | --namespace | --registry | --registry-mirror | --tag | --domain | --tls-secret | --expose | --charts | --chart)
      needs_value "$@"
      ;;
    *) taken=0 ;;
  esac
  words=("${@:1:taken}")
  [[ $taken -eq 2 ]] || return 0
  case $1 in
    --ingress)
      ingress=$2
      one_of --ingress "$ingress" nginx traefik none
      ;;
    --loki)
      loki=$2
      one_of --loki "$loki" simple-scalable monolithic
      ;;
    --values) add_overlay "$2" ;;
    --without) leave_out "$2" ;;
    --namespace)
      [[ $2 =~ ^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$ ]] ||
        usage_error "--namespace is '$2'; it accepts lower-case letters, digits and '-', 52 at most (two more namespaces are called after it)"
      [[ $2 != kafka && $2 != monitoring ]] || usage_error "--namespace is '$2', which is the name of one of the laptop's; choose another"
      namespaces "$2"
      ;;
    --registry) registry=$2 ;;
    --registry-mirror) registry_mirror=$2 ;;
    --tag) tag=$2 ;;
    --domain) domain=$2 ;;
    --tls-secret) tls_secret=$2 ;;
    --expose)
      expose=$2
      one_of --expose "$expose" all grafana
      ;;
    --charts)
      charts=$(from_caller "$2")
      words=(--charts "$charts")
      [[ -d $charts ]] || usage_error "--charts is '$charts'; there is no such folder"
      ;;
    --chart)
      chart=$(from_caller "$2")
      words=(--chart "$chart")
      [[ -f $chart/Chart.yaml ]] || usage_error "--chart is '$chart'; there is no Chart.yaml in it"
      ;;
  esac
}

# Values on top of the laptop's: a name of deploy/values, or a folder of one's own. The names that are options are these options, so
# that none of them makes another one forgotten.
add_overlay() { # name or folder
  local overlay
  case $1 in
    kafka-auth) kafka_auth=true ;;
    monolithic) loki=monolithic ;;
    no-alerts) alerts=false ;;
    */*)
      overlay=$(from_caller "$1")
      [[ -d $overlay ]] || usage_error "--values is '$1'; there is no such folder"
      overlays+=("$overlay")
      words=(--values "$overlay")
      ;;
    *)
      [[ -d deploy/values/$1 && $1 != without ]] || usage_error "--values is '$1'; there is no folder deploy/values/$1"
      [[ $1 != real-cluster ]] || real_cluster=true kafka_auth=true
      overlays+=("deploy/values/$1")
      ;;
  esac
}

leave_out() { # parts, with commas between them
  local part parts name address
  IFS=, read -ra parts <<<"$1"
  for part in "${parts[@]}"; do
    name=${part%%=*}
    address=
    [[ $part != *=* ]] || address=${part#*=}
    case $name in
      prometheus | loki)
        [[ $address =~ ^https?://[^/]+$ ]] ||
          usage_error "--without $name needs the address of the one that is there: --without $name=http://HOST:PORT"
        if [[ $name == loki ]]; then loki_url=$address; else prometheus_url=$address; fi
        ;;
      strimzi | grafana | alloy | ingress)
        [[ -z $address ]] || usage_error "--without $name takes no address, and is '$part'"
        ;;
      *) usage_error "--without is '$name'; it accepts: prometheus=URL loki=URL strimzi grafana alloy ingress" ;;
    esac
    without+="$name "
  done
}

has() { # part
  [[ $without != *" $1 "* ]]
}

# What no order of options may get around.
check_stack() {
  $real_cluster || return 0
  [[ $registry != localhost:* ]] || usage_error "--values real-cluster needs --registry: one that the cluster can pull from"
  [[ $loki == simple-scalable ]] ||
    usage_error "--values real-cluster runs Loki in parts; --loki $loki is the laptop's (deploy/SCALING.md says what comes after simple-scalable)"
}

# The same sources have the same tag, so that a second run changes nothing; other sources have another, so that the pods are replaced.
source_hash() {
  local index
  index=$(mktemp -d)
  GIT_INDEX_FILE=$index/index git add --all -- LogGenerator Forwarder ServiceDefaults Directory.Build.props Directory.Packages.props eng/base-image
  GIT_INDEX_FILE=$index/index git write-tree | cut -c 1-12
  rm -r "$index"
}
