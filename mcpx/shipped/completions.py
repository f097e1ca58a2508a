"""The completion scripts of four shells; each asks mcpx what could come next.

They speak the protocol of Typer's own scripts, which are not shipped: that for zsh completes
nothing on the first TAB, and that for PowerShell takes the Tab key from every other program.
"""

from __future__ import annotations

from mcpx.errors import UsageError

BASH = """\
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
        COMP_WORDS="$line" COMP_CWORD="$(( ${#words[@]} - 1 ))" \\
            _MCPX_COMPLETE=complete_bash "${words[0]}" 2>/dev/null
    )
}
complete -o default -o nosort -F _mcpx_completion mcpx 2>/dev/null ||
    complete -o default -F _mcpx_completion mcpx
"""

ZSH = """\
#compdef mcpx
eval "$(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" \
_MCPX_COMPLETE=complete_zsh ${words[1]} 2>/dev/null)"
"""

FISH = """\
# fish completion for mcpx
complete --command mcpx --no-files --arguments \
"(env _MCPX_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
_TYPER_COMPLETE_ARGS=(commandline -cp) mcpx 2>/dev/null)" \
--condition "env _MCPX_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=is-args \
_TYPER_COMPLETE_ARGS=(commandline -cp) mcpx 2>/dev/null"
"""

POWERSHELL = """\
# PowerShell completion for mcpx
Register-ArgumentCompleter -Native -CommandName mcpx -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $Env:_MCPX_COMPLETE = "complete_powershell"
    $Env:_TYPER_COMPLETE_ARGS = $commandAst.ToString()
    $Env:_TYPER_COMPLETE_WORD_TO_COMPLETE = $wordToComplete
    mcpx 2>$null | ForEach-Object {
        $parts = $_ -split ":::"
        $help = if ($parts[1]) { $parts[1] } else { $parts[0] }
        [System.Management.Automation.CompletionResult]::new(
            $parts[0], $parts[0], "ParameterValue", $help)
    }
    Remove-Item Env:_MCPX_COMPLETE, Env:_TYPER_COMPLETE_ARGS, Env:_TYPER_COMPLETE_WORD_TO_COMPLETE
}
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH, "powershell": POWERSHELL}
FILES = {"bash": "mcpx.bash", "zsh": "_mcpx", "fish": "mcpx.fish", "powershell": "mcpx.ps1"}


def script(shell: str) -> str:
    """The script of a shell. Raises UsageError for a shell without one."""
    if shell not in SCRIPTS:
        raise UsageError(
            f"there is no completion for '{shell}'", hint="there is for " + ", ".join(SCRIPTS)
        )
    return SCRIPTS[shell]
