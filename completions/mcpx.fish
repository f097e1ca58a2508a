# fish completion for mcpx
complete --command mcpx --no-files --arguments "(env _MCPX_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args _TYPER_COMPLETE_ARGS=(commandline -cp) mcpx 2>/dev/null)" --condition "env _MCPX_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=is-args _TYPER_COMPLETE_ARGS=(commandline -cp) mcpx 2>/dev/null"
