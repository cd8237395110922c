# `make demo` and `make test` need Python 3.11+ and make, nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Compiled modules are kept, whatever the machine says: every process then starts in half the time.
unexport PYTHONDONTWRITEBYTECODE
STAMP := $(VENV)/.ready
RUNS := $(VENV)/.runs

.PHONY: key-storm help demo test test-fast lint bench judge peers lock clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

$(STAMP): requirements.lock pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" sh tools/setup.sh "$(VENV)" requirements.lock
	@touch $@ $(RUNS)

# What running needs, and none of what developing does.
$(RUNS): requirements-run.lock pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" sh tools/setup.sh "$(VENV)" requirements-run.lock
	@touch $@

demo: $(RUNS) ## the whole program on a built-in mailbox
	@$(BIN)/relance demo
	@echo "To use it on your own mail: $(BIN)/relance setup"

peers: ## install the real mail server the tests talk to, where we may
	@sh tools/peers.sh

test: $(STAMP) peers ## every test, quick ones first
	@sh tools/test.sh "$(BIN)"

test-fast: $(STAMP) ## under a minute
	@$(BIN)/python -m pytest -q -x -n 2 -m "not slow and not peer and not corpus"

.PHONY: test-newest
test-newest: ## the quick tests on the newest supported Python this machine has
	@PYTHON="$(PYTHON)" sh tools/newest.sh $(VENV)-newest

lint: $(STAMP) ## style, types, import rules, declared dependencies
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/deptry .

judge: $(STAMP) ## score table of the judgement
	@$(BIN)/python -m tests.judgement
	@$(BIN)/python -m tools.reader.score

PROMISES := bounded crash-matrix sim sim-million answers interleave mutants kill-storm latency
ATTACKS := two-agents evil-model control-bytes egress log-canary unsubscribe folder-names many-accounts
.PHONY: $(PROMISES) $(ATTACKS) audit-tamper families forged strangers unstopped promises hostile-mail peers-npm

crash-matrix: $(STAMP) ## the program killed at every boundary, twice
	@$(BIN)/python -m tests.sim.crash_matrix

sim: $(STAMP) ## 10,000 simulated mailbox-days
	@$(BIN)/python -m tests.sim.simulate --days 10000

sim-million: $(STAMP) ## a million of them; takes hours
	@$(BIN)/python -m tests.sim.simulate --days 1000000

bounded: $(STAMP) ## every mail of the corpora and 20,000 mutated ones within limits on time and memory
	@$(BIN)/python -m tests.sim.bounded

answers: $(STAMP) ## every answer in every place while a letter waits
	@$(BIN)/python -m tests.sim.judged

interleave: $(STAMP) ## every order of undo and send
	@$(BIN)/python -m tests.sim.interleave --fine

mutants: $(STAMP) ## planted bugs, each of which must be noticed
	@$(BIN)/python -m tests.sim.mutants

kill-storm: $(STAMP) peers ## the real program killed at random, with real servers
	@$(BIN)/python -m tests.sim.kill_storm

key-storm: $(STAMP) ## five minutes of random keys on two screens, with a daemon and the commands
	@$(BIN)/python -m tests.tui.storm --seconds 300

latency: $(STAMP) peers ## answer to stop, look to letter
	@$(BIN)/python -m tests.sim.latency

$(ATTACKS): $(STAMP) ## one attack of tests/sim/attacks.py
	@$(BIN)/python -m tests.sim.attacks $@

forged: $(STAMP) peers ## forged mail of every kind on every kind of mailbox
	@$(BIN)/python -m tests.sim.forged

strangers: $(STAMP) ## 20,000 mailboxes to which a stranger adds mail; nothing may be added to what leaves
	@$(BIN)/python -m tests.sim.strangers

unstopped: $(STAMP) ## answers, refusals and bounces to which a stranger adds mail; what has stopped stays stopped
	@$(BIN)/python -m tests.sim.unstopped

families: $(STAMP) peers ## a summer of every built-in plan with its endings, on every kind of mailbox
	@$(BIN)/python -m tests.sim.summer

audit-tamper: $(STAMP) ## every change of the log is found
	@$(BIN)/python -m tests.sim.tamper

peers-npm: $(STAMP) ## a second witness for Gmail and Outlook, where Node is installed
	@sh tests/peers/npm/run.sh $(BIN)/python

promises: crash-matrix sim answers interleave mutants forged $(ATTACKS) audit-tamper ## all of them that end within the hour

bench: $(STAMP) ## figures, never part of the tests
	@for f in bench/[a-z]*.py; do echo "== $$f"; $(BIN)/python $$f; done

COMPILE = uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra holidays
lock: ## solve the dependencies anew; needs uv
	@$(COMPILE) --group dev pyproject.toml -o requirements.lock
	@printf 'hatchling\neditables\n' | $(COMPILE) -c requirements.lock pyproject.toml - -o requirements-run.lock

clean: ## remove what make made
	rm -rf $(VENV) $(VENV)-newest .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
