"""Start with `python -m finance.sample_bank`."""

from finance.sample_bank.program import main

if __name__ == "__main__":
    main()
