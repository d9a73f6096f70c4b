#!/usr/bin/env python3
"""The real llama.cpp server where no llama-server is installed.

    pip install xllamacpp
    llama_server.py -m nano.gguf --port 8080 --parallel 4

Takes llama-server's own names for its options, prints one line when the model is loaded
and the port is open, and stops on SIGTERM or SIGINT.
"""

import argparse
import signal
import sys

import xllamacpp


def parameters(chosen):
    out = xllamacpp.CommonParams()
    out.model.path = chosen.model
    out.hostnames = [chosen.host]
    out.port = chosen.port
    out.n_parallel = chosen.parallel
    out.n_ctx = chosen.ctx_size
    out.n_gpu_layers = 0
    out.endpoint_props = True
    # What is asked for is taken: no fitting to the machine's memory.
    out.fit_params = False
    out.ui = False
    out.verbosity = chosen.verbosity
    if chosen.threads:
        out.cpuparams.n_threads = chosen.threads
        out.cpuparams_batch.n_threads = chosen.threads
    return out


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-m", "--model", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0: a free one")
    parser.add_argument("-np", "--parallel", type=int, default=1)
    parser.add_argument(
        "-c", "--ctx-size", type=int, default=0, help="of all slots together; 0: the model's"
    )
    parser.add_argument("-t", "--threads", type=int, default=0)
    parser.add_argument("--verbosity", type=int, default=0)
    chosen = parser.parse_args()

    # Blocked here, so that the server's threads inherit it and sigwait below gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        server = xllamacpp.Server(parameters(chosen))
    except Exception as error:
        sys.exit(f"llama_server: {chosen.model}: {error}")
    print(f"listening on {server.listening_address}", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    del server


if __name__ == "__main__":
    main()
