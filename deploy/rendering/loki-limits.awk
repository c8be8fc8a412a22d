# The limits of a Loki configuration file as values of Loki's chart: the cluster has the limits that the inner loop has.
#   awk -f deploy/loki-limits.awk deploy/config/loki/loki.yaml | helm upgrade loki … -f -
BEGIN { print "loki:" }
/^limits_config:/ { inside = 1; print "  " $0; next }
/^[^ #]/ { inside = 0 }
inside { print "  " $0 }
