# What one does with this house. `make` alone lists it.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8420
DATA ?= demo-data
NAME ?= main

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

help:  ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

demo: .venv/run.stamp  ## run all of it on this machine; PORT=8420 DATA=demo-data
	@exec $(BIN)/triage demo --data "$(DATA)" --port "$(PORT)"

setup: .venv/run.stamp  ## the environment in .venv, as it is used in earnest

test: .venv/dev.stamp .venv/client.stamp  ## run all tests; ARGS="tests/test_config.py" for some
	@sh .ci/servers
	@exec $(BIN)/python -m pytest $(ARGS)

lint: .venv/dev.stamp  ## style, layout and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# Torch brings libraries of graphics cards along, other ones on each machine: not pinned.
lock: .venv/bin/python  ## pin what pyproject.toml needs; ARGS=--upgrade for the newest
	$(PIP) install uv
	$(LOCK) --extra demo --output-file requirements/run.txt
	$(LOCK) --all-extras --constraints requirements/run.txt --output-file requirements/dev.txt
	@sed -i '/^nvidia-/d; /^cuda-/d; /^triton==/d' requirements/dev.txt

LOCK = $(BIN)/uv pip compile pyproject.toml $(ARGS) --quiet --python-version 3.11 \
	--no-header --no-annotate

train: .venv/dev.stamp  ## train a model and calibrate it; NAME=main names the run
	$(BIN)/python -m training.data --name $(NAME)
	$(BIN)/python -m training.train --name $(NAME)
	$(BIN)/python -m training.calibrate --name $(NAME)

evaluate: .venv/dev.stamp  ## measure a run beside its peers, and write its report
	$(BIN)/python -m training.plain --name $(NAME)
	$(BIN)/python -m training.evaluate --name $(NAME)

card: .venv/dev.stamp  ## write a run's model card from its report
	$(BIN)/python -m training.card --name $(NAME)

promote: .venv/dev.stamp  ## make a run's model the one in use, unless it is worse
	$(BIN)/python -m training.promote --name $(NAME)

screenshots: .venv/dev.stamp  ## take pictures of every page of the desk, into docs/screens
	@sh .ci/servers
	@exec $(BIN)/python -m tests.screenshots docs/screens

clean:  ## remove the environment and the demo's data
	rm -rf .venv "$(DATA)"

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing what Triage needs ..."
	@$(PIP) install --requirement requirements/run.txt
	@$(PIP) install --no-deps --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.txt pyproject.toml | .venv/bin/python
	@echo "Installing what Triage, its tests and its training need ..."
	@$(PIP) install --requirement requirements/dev.txt
	@$(PIP) install --no-deps --editable .
	@touch $@

# What makes a client of the API needs other versions than we do: it has an environment of its own.
.venv/client.stamp: requirements/client.txt | .venv/bin/python
	@echo "Installing what makes a client of the API ..."
	@$(BIN)/python -m venv .venv/client
	@.venv/client/bin/python -m pip --disable-pip-version-check --quiet install \
		--requirement requirements/client.txt
	@touch $@

.venv/bin/python:
	@sh .ci/environment "$(PYTHON)"

.PHONY: help demo setup test lint lock train evaluate card promote screenshots clean
