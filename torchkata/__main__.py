"""`python -m torchkata` is `torchkata`."""

from grader.cli.app import main

if __name__ == "__main__":
    main()
