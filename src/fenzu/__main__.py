"""`python -m fenzu` is the command `fenzu`."""

from fenzu.cli.main import main

if __name__ == "__main__":
    main()
