"""Configuration files as people and tools leave them, for the tests of YAML."""

import re
from collections.abc import Callable

ROVO = """\
version: 1

agent:
  # Additional system prompt to append to the agent's default system prompt
  additionalSystemPrompt: null
  # Enable streaming responses from the AI model
  streaming: true
  # Temperature setting for AI model responses (0.0-1.0)
  temperature: 0.3
  # The model that is used
  modelId: auto
  experimental:
    # Enable/disable the agent to run in shadow mode. This will run the agent on
    # a temporary clone of your workspace, prompting you before any changes are
    # applied to your working directory.
    enableShadowMode: false

sessions:
  # Automatically restore the last active session on startup
  autoRestore: false
  # Directory where session data is stored
  persistenceDir: /home/ana/.rovodev/sessions

console:
  # Output format for console display ("markdown", "simple" or "raw")
  outputFormat: markdown
  # Show tool execution results in the console
  showToolResults: true
  maxOutputWidth:   # as wide as the terminal

logging:
  # Path to the log file
  path: /home/ana/.rovodev/rovodev.log

eventHooks:
  # Path to the log file for event hooks
  logFile: /home/ana/.rovodev/event_hooks.log
  events: []

mcp:
  # Path to the MCP (Model Context Protocol) configuration file
  mcpConfigPath: /home/ana/.rovodev/mcp.json
  # List of allowed MCP server signatures
  allowedMcpServers:
    - npx -y @upstash/context7-mcp@latest
    - https://mcp.atlassian.com/v1/sse  # ours
  # List of globally disabled MCP server signatures
  disabledMcpServers: []

toolPermissions:
  allowAll: false
  # Default permission for tools not explicitly listed
  default: ask
  # Permission settings for specific tools
  tools:
    create_file: ask
    delete_file: ask   # never allow
    find_and_replace_code: ask
    open_files: allow
    expand_code_chunks: allow
    # from the atlassian server
    getConfluencePage: allow
  # Permission settings for bash commands
  bash:
    # Default permission for bash commands not explicitly listed
    default: ask
    # List of specific bash commands with their permission settings
    commands:
      - command: ls.*
        permission: allow
      - command: cat.*
        permission: allow
      # looking is free
      - command: git (status|diff|log).*
        permission: allow
      - command: 'echo ''hi'''
        permission: deny
    runInSandbox: false
  # Paths outside of the workspace
  allowedExternalPaths: []
"""

ROVO_WRAPPED = """\
version: 1
agent:
  additionalSystemPrompt: You are careful, you never delete what you did not make, and
    you say so when you do not know; you ask before you install anything that the
    project does not have.
  streaming: true
  temperature: 0.3
toolPermissions:
  default: ask
  tools: {create_file: ask, open_files: allow}
  bash:
    default: ask
    commands:
      - command: find . -name "*.py" -not -path "./.venv/*" | xargs grep -n
          something
        permission: allow
      - {command: git status, permission: allow}
  allowedExternalPaths:
    - /tmp
    - "C:\\\\Users\\\\ana"
"""

ROVO_TRAP = """\
# copied from the documentation
toolPermissions::
  default: ask
toolPermissions:
    allowedMcpServers:
    - uvx mcp-server-fetch
    - docker run -i --rm ghcr.io/github/github-mcp-server
    bash:
        commands:
        -   command: pytest
            permission: allow
        -   command: rm -rf .*
            permission: deny
mcp:
    disabledMcpServers: [ "npx foo" , npx bar ]   # both are slow
"""

ROVO_PROMPT = """\
agent:
  additionalSystemPrompt: |
    # House rules
    Never push to main.

      indented: kept
    Ask first.

  # after the prompt
  temperature: 0.1
  footer: >-
    folded text that goes
    on here

    and here
sessions: {autoRestore: true, persistenceDir: ~}
"""

ROVO_MINIMAL = "version: 1\n"

ROVO_EMPTY_SECTIONS = """\
version: 1

mcp:

toolPermissions:
  # nothing yet
  tools: {}
  bash: {default: ask, commands: []}


# the end
"""

CONTINUE = """\
name: team
version: 0.0.1
schema: v1
models:
  - name: GPT-4o
    provider: openai
    model: gpt-4o
    apiKey: ${{ secrets.OPENAI_API_KEY }}
    roles:
      - chat
      - edit
  # local, free
  - name: Qwen Coder
    provider: ollama
    model: qwen2.5-coder:7b
    roles: [autocomplete]
    defaultCompletionOptions:
      temperature: 0.2
      contextLength: 32768
context:
  - provider: code
  - provider: docs
  - provider: diff
mcpServers:
  - name: docs
    type: streamable-http
    url: https://docs.example.com/mcp
    requestOptions:
      headers:
        Authorization: "Bearer ${{ secrets.DOCS }}"
  - name: files  # on this machine
    command: npx
    args:
      - "-y"
      - "@modelcontextprotocol/server-filesystem"
      - .
    env:
      LOG_LEVEL: debug
rules:
  - Always use type hints
  - uses: ana/python-rules
"""

CONTINUE_INDENTLESS = """\
name: Local Agent
version: 1.0.0
schema: v1
mcpServers:
- name: postgres
  command: uvx
  args: ["postgres-mcp", "--access-mode=restricted"]
  env:
    DATABASE_URI: postgresql://localhost:5432/db
  connectionTimeout: 5000

- name: sqlite
  command: npx
  args:
  - -y
  - mcp-sqlite
  - ./data.db

rules:
- |
  Be short.
  Be right.
- name: no secrets
  rule: Never print a key.
"""

CONTINUE_WIDE = """\
%YAML 1.1
---
name:    team
version: "0.0.2"
schema:  'v1'

models:
    -   name: Claude
        provider: anthropic
        apiKey: '${{ secrets.ANTHROPIC }}'

mcpServers:
    -   name: a
        command: a-server

    # the second
    -   name: b
        command: b-server
        args: []
...
"""

CONTINUE_ANCHORS = """\
name: shared
version: 1.0.0
schema: v1
options: &options
  timeout: 30
  verifySsl: true
models:
  - name: one
    provider: openai
    requestOptions: *options
  - name: two
    provider: openai
    requestOptions:
      <<: *options
      timeout: 60
mcpServers: []
"""

CONTINUE_BLOCK = """\
# .continue/mcpServers/playwright.yaml
name: Playwright mcpServer
version: 0.0.1
schema: v1
mcpServers:
  -
    # the browser
    name: Browser search
    command: npx
    args:
      - "@playwright/mcp@latest"
  - name: last
    url: 'https://example.com/sse'
    type: sse
prompts:
  - name: check
    description: Check the page
    prompt: |
      Open the page.
      Say what is wrong.
"""

CONTINUE_KOREAN = """\
name: 우리 팀
version: 0.0.1
schema: v1
rules:
    # 한국어로 답하기
    - 항상 한국어로 답하세요   # 중요
    - "이모지 🙂 는 쓰지 마세요"
docs:
    - name: 설명서
      startUrl: https://example.com/ko/docs#start
"""

JSON_AS_YAML = """\
{
  "name": "json",
  "version": "1.0.0",
  "schema": "v1",
  "mcpServers": [
    {
      "name": "docs",
      "args": ["-y", "x"]
    }
  ],
  "env": {}
}
"""

FLOW_WITH_COMMENTS = """\
name: flow
tools: {
  a: ask,   # first
  b: allow, # second
  c: deny   # third
}
paths: [
  /tmp, # scratch
  # not this
  /var/tmp,
]
on_off: [on, yes, off, 0o17, 0x1F, 1_000, 1:30, 2024-01-01, .5, .inf, ~, "", 'x']
tabs:\t"after a tab"\t# and one more
"""

FILES = {
    name.lower(): text
    for name, text in list(globals().items())
    if isinstance(text, str) and name.isupper() and not name.startswith("_")
}


def wider(text: str) -> str:
    """Twice the indentation, that of dashes included."""
    return re.sub(r"(?m)^ *(- +)*", lambda m: re.sub("- *| +", _twice, m[0]), text)


def _twice(match: re.Match[str]) -> str:
    return match[0][0] + " " * (2 * len(match[0]) - 1)


VARIATIONS: dict[str, Callable[[str], bytes]] = {
    "as it is": lambda text: text.encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "BOM": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "no last line end": lambda text: text.rstrip("\n").encode(),
    "wider": lambda text: wider(text).encode(),
    "BOM, CRLF, no last line end": lambda text: b"\xef\xbb\xbf" + text.rstrip("\n").replace("\n", "\r\n").encode(),
}

ALL = {f"{name}, {how}": made(text) for name, text in FILES.items() for how, made in VARIATIONS.items()}
