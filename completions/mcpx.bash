# bash completion for mcpx
_mcpx_completion() {
    local line="${COMP_LINE:0:$COMP_POINT}" words=() word reply prefix=""
    read -ra words <<< "$line"
    [[ "$line" == *" " ]] && words+=("")
    word="${words[${#words[@]} - 1]}"
    # bash takes a colon for the end of a word; what stands before it must not come again.
    [[ "$word" == *:* && "$COMP_WORDBREAKS" == *:* ]] && prefix="${word%"${word##*:}"}"
    COMPREPLY=()
    while IFS= read -r reply; do
        COMPREPLY+=("${reply#"$prefix"}")
    done < <(
        COMP_WORDS="$line" COMP_CWORD="$(( ${#words[@]} - 1 ))" \
            _MCPX_COMPLETE=complete_bash "${words[0]}" 2>/dev/null
    )
}
complete -o default -o nosort -F _mcpx_completion mcpx 2>/dev/null ||
    complete -o default -F _mcpx_completion mcpx
