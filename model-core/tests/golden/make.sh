#!/usr/bin/env bash
# Trains the small models of this folder on records.csv (fictional), one per family, with the program given: make.sh SCORECAST
set -eu
cd "$(dirname "$0")"
scorecast=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# train NAME OPTION...
train() {
  local name=$1
  shift
  "$scorecast" train records.csv --target math_score --config scorecast.toml --allow-records --min-r2 -10 --fictional \
    --date 2026-11-30 --quiet --log-dir "$work/logs" --output "$work/out" "$@"
  cp "$work/out/preprocessor.json" "$name.preprocessor.json"
  cp "$work/out/model.json" "$name.model.json"
}

# one FAMILY PARAMETERS: without a search.
one() {
  printf '%s\n' "$2" > "$work/params.toml"
  train "$1" --families "$1" --no-search --params "$work/params.toml"
}

one linear ''
one svr 'C = 10.0'
one knn 'n_neighbors = 5'
one tree 'max_depth = 3'
one forest $'n_estimators = 4\nmax_depth = 4'
one extra-trees $'n_estimators = 4\nmax_depth = 4'
one gradient-boosting $'n_estimators = 6\nmax_depth = 2'
one xgboost $'n_estimators = 6\nmax_depth = 3'
one catboost $'iterations = 8\ndepth = 3'
one adaboost $'n_estimators = 4\nmax_depth = 3'
one ebm 'rounds = 10'
# On these records it wins.
train blend --families ridge,gradient-boosting,blend --effort quick
