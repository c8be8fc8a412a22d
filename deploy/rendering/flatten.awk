# The manifests of a folder as one line for each value: number of the document, path, value, with tabs between them.
#   kubectl kustomize FOLDER | awk -f deploy/rendering/flatten.awk
# It reads what kustomize writes: two spaces a level, a list at the column of its key, texts of several lines as blocks. Of a block it
# says the lines that match "keep", with "|" after the path; "file" goes before the number of the document.
BEGIN { OFS = "\t"; top = 0; document = 1; started = 0 }

/^---/ {
  if (started) document++
  top = 0
  in_block = 0
  started = 0
  delete count
  next
}

{
  line = $0
  match(line, /^ */)
  column = RLENGTH
  rest = substr(line, column + 1)
  if (in_block) {
    if (rest == "" || column > block) {
      if (keep != "" && rest ~ keep) print file document, path[top] "|", rest
      next
    }
    in_block = 0
  }
  if (rest == "" || rest ~ /^#/) next
  started = 1

  while (rest ~ /^- / || rest == "-") {
    while (top > 0 && (indent[top] > column || (indent[top] == column && item[top]))) top--
    parent = top > 0 ? path[top] : ""
    top++
    indent[top] = column
    item[top] = 1
    path[top] = parent "[" (count[parent]++) "]"
    rest = substr(rest, 3)
    match(rest, /^ */)
    column += 2 + RLENGTH
    rest = substr(rest, RLENGTH + 1)
    if (rest ~ /^- / || rest == "") continue
    whole = rest
    if (!is_key(whole)) {
      value_of(whole, column - 2)
      next
    }
    rest = whole
  }
  if (!is_key(rest)) next

  while (top > 0 && indent[top] >= column) top--
  parent = top > 0 ? path[top] : ""
  top++
  indent[top] = column
  item[top] = 0
  path[top] = (parent == "" ? "" : parent ".") key
  if (rest != "") value_of(rest, column)
}

# Whether a key comes first; sets key, and rest to what follows it.
function is_key(text,    at) {
  if (text ~ /^"[^"]*":( |$)/) {
    at = index(text, "\":") + 1
    key = substr(text, 2, at - 3)
  } else if (text ~ /^'[^']*':( |$)/) {
    at = index(text, "':") + 1
    key = substr(text, 2, at - 3)
  } else if (text ~ /^["'{[]/) {
    return 0
  } else if (match(text, /:( |$)/)) {
    at = RSTART
    key = substr(text, 1, at - 1)
  } else {
    return 0
  }
  rest = substr(text, at + 1)
  sub(/^ +/, "", rest)
  return 1
}

function value_of(text, column) {
  if (text ~ /^[|>][-+0-9]*$/) {
    in_block = 1
    block = column
    return
  }
  if (text ~ /^".*"$/ || text ~ /^'.*'$/) text = substr(text, 2, length(text) - 2)
  print file document, path[top], text
}
