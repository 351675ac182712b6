"""`python -m scaup` is the same door as `scaup`."""

from scaup.cli import main

if __name__ == "__main__":
    main()
