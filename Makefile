# Neuronika for Swift. `make` lists the commands.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

# Handed to the program: make tutorial-regression ARGS="--quick --seed 7"
ARGS ?=
# The four IDX files of MNIST, for the gallery; fetched if it isn't named.
MNIST ?=
# A Python that has PyTorch, JAX or NumPy: make peers PYTHON=venv/bin/python. Without it, `make
# peers` and `make agreement` make an environment with all of them, in the cache folder.
PYTHON ?=
PEERS = $(or $(PYTHON),$$(.ci/peers))

# One build folder for each set of flags, so that none makes another build again.
#   .build          plain `swift run`
#   .build-checked  debug tests, with the assertions of the engine kept
#   .build-strict   the same with warnings as errors
#   .build-release  release tests, what CI asks of bench, and whatever is run with RELEASE=1
RUN := swift run $(if $(RELEASE),-c release --scratch-path .build-release)
CHECKED := --scratch-path .build-checked
STRICT := --scratch-path .build-strict -Xswiftc -warnings-as-errors
OPTIMISED := -c release --scratch-path .build-release
# Tests run in many processes at once, whose waiting threads would spin beside those that work.
TEST := OMP_WAIT_POLICY=passive swift test --skip-build --disable-xctest
# The widest vectors that all machines have on which counters are compared.
COUNTING := ONEDNN_MAX_CPU_ISA=AVX2
SOURCES := Package.swift Sources Tests Tutorials Bench

.PHONY: help deps test tutorial-quickstart tutorial-regression tutorial-mlp tutorial-cnn gallery
.PHONY: bench peers agreement counters docs format ci clean
.PHONY: check-format test-strict check-docs check-examples test-release check-tutorials check-bench

help: ## This list
	@printf '\n  Neuronika for Swift\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "    make %-20s  %s\n", $$1, $$2 }' Makefile
	@printf '\n  ARGS="…" is handed to the program · RELEASE=1 builds it for release\n'
	@printf '  every command installs the system packages it lacks first\n\n'

deps: ## Install the system packages that are missing
	@.ci/deps

tutorial-mlp: deps ## Teach a network to read digits, and write it up
	@$(RUN) tutorial-mlp $(ARGS)

tutorial-cnn: deps ## The same with convolutions, and what they are worth
	@$(RUN) tutorial-cnn $(ARGS)

tutorial-quickstart: deps ## Variables, graphs and gradients: write the tour
	@$(RUN) tutorial-quickstart $(ARGS)

tutorial-regression: deps ## Train, plot and write the regression tutorial
	@$(RUN) tutorial-regression $(ARGS)

gallery: deps ## Write the committed documents under results/gallery anew (MNIST=folder)
	@MNIST="$(MNIST)" .ci/gallery

bench: deps ## Measure everything: times, losses, counters, memory
	@$(RUN) bench run $(if $(PYTHON),--python "$(PYTHON)") $(ARGS)

peers: deps ## Measure them against PyTorch, JAX and NumPy, which it installs (or PYTHON=…)
	@python="$(PEERS)"; $(RUN) bench peers --python "$$python" $(ARGS)

agreement: deps ## Compare values and gradients with PyTorch's on random cases (or PYTHON=…)
	@python="$(PEERS)"; $(RUN) bench peers --agreement --python "$$python" $(ARGS)

counters: deps ## Keep anew what each benchmark makes the engine do, which CI compares
	@$(COUNTING) swift run $(OPTIMISED) bench baseline save counters --counters \
	  --folder Bench/Baselines --threads 2

docs: deps ## Write the documentation as a web site to results/docs
	@.ci/docs results/docs
	@printf '\n  python3 -m http.server -d results/docs\n'
	@printf '  http://localhost:8000/documentation/neuronika\n\n'

test: deps ## Run the tests
	@NEURONIKA_CHECKED=1 swift build --build-tests $(CHECKED)
	@NEURONIKA_CHECKED=1 $(TEST) $(CHECKED) $(ARGS)

format: deps ## Format all Swift sources in place
	@swift format format --in-place --parallel --recursive $(SOURCES)

ci: deps ## All that has to pass: format, tests, documentation, tutorials, counters
	@.ci/steps check-format test-strict check-docs check-examples test-release check-tutorials \
	  check-bench

clean: ## Delete what was built
	@rm -rf .build .build-checked .build-strict .build-release

# The steps of `make ci`.

check-format: deps
	@swift format lint --strict --parallel --recursive $(SOURCES)

test-strict: deps
	@NEURONIKA_CHECKED=1 swift build --build-tests $(STRICT)
	@NEURONIKA_CHECKED=1 $(TEST) $(STRICT)

# On what test-strict has built.
check-docs: deps
	@NEURONIKA_CHECKED=1 .ci/docs .build-strict/docs $(STRICT)

check-examples: deps
	@NEURONIKA_CHECKED=1 .ci/examples $(STRICT)

test-release: deps
	@swift build --build-tests $(OPTIMISED)
	@$(TEST) $(OPTIMISED)

check-tutorials: deps
	@swift run tutorial-quickstart --quick --check
	@swift run tutorial-mlp --quick --check
	@swift run tutorial-cnn --quick --check
	@swift run tutorial-regression --quick --check

# What changed on purpose: make counters
check-bench: deps
	@swift run $(OPTIMISED) bench selftest
	@swift run $(OPTIMISED) --skip-build bench golden
	@$(COUNTING) swift run $(OPTIMISED) --skip-build bench check --counters --baseline counters \
	  --folder Bench/Baselines --threads 2
	@swift run $(OPTIMISED) --skip-build bench publish --check
