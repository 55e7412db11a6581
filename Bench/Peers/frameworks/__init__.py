"""One file for each framework that does training steps: a class that is made with the number of
threads and imports the framework, and a class for the model of a task, which `prepare` makes.

A model starts anew with `reset()`; `step(index)` trains it on the batch whose turn it is and
returns the loss before. `note` tells how it is set up.
"""
