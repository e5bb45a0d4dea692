"""The commands, one function each; `syncer.cli` names them. Heavy imports wait until a command needs them."""
