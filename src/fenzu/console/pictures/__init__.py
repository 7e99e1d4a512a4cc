"""Pictures of groups: from numbers to where everything stands. Templates draw them; names and colours are theirs."""
