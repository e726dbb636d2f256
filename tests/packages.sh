# Sourced by ./run and ./test, which set $root. Installs what packages.txt lists and this machine lacks;
# costs one dpkg-query when nothing is missing.

commands=(flowc flowspeak flowscribe flowd flowctl built_flows) # the targets that are the product

die() {
    echo "$(basename "$0"): $*" >&2
    exit 2
}

# Prints the list, without what a command makes needless.
wanted_packages() {
    local package either command
    sed 's/#.*//' "$root/packages.txt" | while read -r package either command; do
        [ -n "$package" ] || continue
        [ "$either" = or ] && command -v "$command" >/dev/null || echo "$package"
    done
}

# Prints the packages of the list that are not installed.
missing_packages() {
    local wanted
    mapfile -t wanted < <(wanted_packages)
    comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
        <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p' | sort -u)
}

install_packages() {
    local missing as_root=()
    command -v dpkg-query >/dev/null || die "needs Debian 12 or a relative of it; the packages wanted are in packages.txt"
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "installing ${#missing[@]} packages: ${missing[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "these packages are missing and neither root nor sudo is at hand: ${missing[*]}"
        as_root=(sudo)
    fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}"
}

# build PRESET [TARGET...]: configures once, then builds what changed; silent when nothing did.
build() {
    local dir="$root/build/$1"
    [ -f "$dir/build.ninja" ] || cmake -S "$root" --preset "$1" || return 1
    if ! ninja -C "$dir" -n "${@:2}" 2>/dev/null | grep -q 'no work to do'; then
        echo "building $1"
        ninja -C "$dir" -j"$(nproc)" "${@:2}" || return 1
    fi
}
