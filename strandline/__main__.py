"""`python -m strandline` is the command `strandline`."""

import sys

from strandline.cli import main

sys.exit(main())
