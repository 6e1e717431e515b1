"""python -m rqa_live"""
from ._main import main

main()
