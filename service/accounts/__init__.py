"""People and programs of the desk: who they are, how they come in, how they are looked after."""
