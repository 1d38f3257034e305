# Two commands do everything: `make run` and `make test`.
GO ?= go
export GOFLAGS ?= -buildvcs=false

.PHONY: run build test check needs bench fakes clean

run: build
	./bin/spravka serve

build:
	$(GO) build -trimpath -o bin/spravka ./cmd/spravka

# Everything: the code's own checks, the content, the scenarios, all tests, a real Chromium included.
test: needs check build
	./bin/spravka flows check
	$(GO) test -timeout 15m ./...
	./bin/spravka flows test

check:
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "gofmt would change: $$out"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# What the tests need besides Go: Chromium, and axe-core from npm. Installed where that is allowed, otherwise named.
needs:
	@.ci/needs

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./engine/...

# Telegram and VK against independent fakes, which this project does not contain: make fakes FAKES=/path/to/them
fakes:
	@test -f "$(FAKES)/telegram/main.go" || { echo "say where the fakes are: make fakes FAKES=/path, with telegram/main.go and vk/main.go in it"; exit 1; }
	SPRAVKA_FAKES="$(abspath $(FAKES))" $(GO) test -tags fakes -count 1 -timeout 30m -p 1 -v -run TestFakes ./adapters/telegram ./adapters/vk ./cmd/spravka

clean:
	rm -rf bin
