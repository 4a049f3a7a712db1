"""Configuration files as users of Codex have them, in all the spellings that TOML allows."""

from collections.abc import Callable

PLAIN = """\
# Codex configuration. See https://developers.openai.com/codex/config

model = "gpt-5.2-codex"          # the default for everything
model_reasoning_effort = "high"
approval_policy = "on-request"   # untrusted | on-request | never
sandbox_mode = "workspace-write"
notify = ["python3", "/home/kim/.codex/notify.py"]

# --- servers ---------------------------------------------------------

# Documentation of our libraries
[mcp_servers.docs]
url = "https://docs.example.com/mcp"
bearer_token_env_var = "DOCS_TOKEN"  # set in ~/.profile

# The staging database. Never point this at production!
[mcp_servers.db]
command = "uvx"
args = ["db-mcp", "--ro"]  # read only
env_vars = ["DSN"]
tool_timeout_sec = 60.0

[mcp_servers.db.env]
PGSSLMODE = "require" # no plain text
# PGHOST = "localhost"

# --- projects --------------------------------------------------------
[projects."/home/kim/work/vision"]
trust_level = "trusted"

[projects."/home/kim/scratch"]
trust_level = "untrusted"

[tui]
notifications = true
theme = "catppuccin"

[features]
web_search_request = true
unified_exec = false   # slow on this machine
"""

ENV_FIRST = """\
model = "gpt-5"

[mcp_servers.github.env]
GITHUB_TOKEN = "x"   # the parent comes later

[projects."/srv/a"]
trust_level = "trusted"

[mcp_servers.github]
command = "npx"
args = [
    "-y",
    "@modelcontextprotocol/server-github", # pinned by the lock file
    # "--verbose",
    "--stdio"
]
startup_timeout_sec = 20

[projects."/srv/b"]
trust_level = "trusted"

[mcp_servers.time]
command = "uvx"
args = ["mcp-server-time"]
"""

INLINE = """\
model = 'o4-mini'
mcp_servers = { docs = { url = "https://docs.example.com/mcp", enabled = true }, "a b" = { args = [], env = {} } }  # a

[tui]
notifications = ["agent-turn-complete", "approval-requested"]
"""

DOTTED = """\
# dotted keys all over
model = "gpt-5"
mcp_servers.docs.url = "https://docs.example.com/mcp"
mcp_servers.docs.enabled = false # too slow
tui.notifications = true
mcp_servers.db.command = "uvx"
mcp_servers.db.args = ["db-mcp"]
mcp_servers.db.env.DSN = "postgres:///x"

# who may do what
[projects]
"/home/kim/a".trust_level = "trusted"
"/home/kim/b".trust_level = "untrusted"
"""

UNDER_ONE_HEADER = """\
approval_policy = { granular = { sandbox_approval = true, rules = false } }

[mcp_servers]
docs = { url = "https://docs.example.com/mcp" }  # one line each
db = { command = "uvx", args = ["db-mcp"], env = { DSN = "x" } }
time.command = "uvx"
time.args = ["mcp-server-time", "--local-timezone=Asia/Seoul"]

# keep the history small
[history]
persistence = "save-all"
max_bytes = 1_048_576
"""

QUOTED = """\
[mcp_servers."awslabs.ecs-mcp-server"]
command = "uvx"
args = ["awslabs.ecs-mcp-server@latest"]

[mcp_servers."my server"]
command = 'C:\\Program Files\\srv\\srv.exe'
args = []

[mcp_servers.'scope/name']
url = "https://example.com/\\u00e9"

[mcp_servers."awslabs.ecs-mcp-server".tools."list.all"]
approval_mode = "approve"

["quoted table"]
"key with = sign" = "#no comment"
'' = "the empty key"
"""

SCATTERED = """\
[projects."/a"]
trust_level = "trusted"
[mcp_servers.one]
command = "one"
[projects."/b"]
trust_level = "trusted"
[mcp_servers.two]
url = "https://two.example.com"
[projects."/c"]
trust_level = "untrusted"
[mcp_servers.one.http_headers]
X-Team = "vision"
[mcp_servers.one.tools.search]
approval_mode = "auto"
[notice]
hide_full_access_warning = true
[mcp_servers.two.oauth]
client_id = "c"
"""

HOOKS = """\
model = "gpt-5"

[[hooks.PreToolUse]]
matcher = "^Bash$"

[[hooks.PreToolUse.hooks]]
type = "command"
command = "python3 check.py"   # refuses rm -rf
timeout = 30

[[hooks.PreToolUse.hooks]]
type = "command"
command = "logger"

[[hooks.PreToolUse]]
matcher = "Edit"
[[hooks.PreToolUse.hooks]]
type = "command"
command = "ruff format"

[hooks.state."/home/kim/.codex/config.toml:pre_tool_use:0:0"]
trusted_hash = "sha256:0f343b0931126a20f133d67c2b018a3b"

[hooks.state."/home/kim/.codex/config.toml:pre_tool_use:0:1"]
trusted_hash = "sha256:1111111111111111111111111111111"

[mcp_servers.a]
command = "a"
"""

PROFILES = '''\
profile = "careful"
project_doc_fallback_filenames = ["CLAUDE.md", "GEMINI.md"]
developer_instructions = """
Be brief.
[mcp_servers.fake]
command = "this is text, # not a table"
Say "yes" or ""no"".\\
    And go on."""

[profiles.careful]
model = "gpt-5"
approval_policy = "untrusted"

[profiles.careful.features]
web_search_request = false


[profiles.fast]
model = "gpt-5-mini"
approval_policy = "never"


[model_providers.azure]
name = "Azure"
base_url = "https://x.openai.azure.com/openai"
query_params = { api-version = "2025-04-01-preview" }
env_http_headers = { "X-Key" = "AZURE_KEY" }


[mcp_servers.context7]
command = "npx"
args = ["-y", "@upstash/context7-mcp"]


[mcp_servers.playwright]
command = "npx"
args = ["@playwright/mcp@latest"]
enabled_tools = ["browser_click", "browser_navigate", ]
'''

INDENTED = """\
model="gpt-5"
[mcp_servers]

  # first
  [mcp_servers.first]
  command="first"
  args=["--a", "--b"]

    # its environment
    [mcp_servers.first.env]
    A="1"
    B="2"

  # second
  [mcp_servers.second]
  command="second"

[sandbox_workspace_write]
network_access=true
writable_roots=["/tmp"]
"""

NUMBERS = """\
stamp = 1979-05-27T07:32:00Z
day = 1979-05-27 # a date
moments = [ 07:32:00, 1979-05-27 07:32:00.5 ]
hex = 0xDEAD_BEEF
far = -inf
odd = nan
ratio = 6.626e-34
literal = '''
raw \\n text'''

[desktop]
window = { width = 1_200, opened = 2026-11-20T10:00:00+09:00 }

[mcp_servers.x]
command = "x"
tool_timeout_sec = 1e2
"""

TRAILING = """\

# a file that begins and ends with blank lines and comments

[mcp_servers.empty]

# nothing in it yet
[mcp_servers.listed]
command = "listed"
args = [
  "one", "two",
  "three",
  [ "four" , 5 ], # nested
]
env = { }
enabled_tools = [
]
# disabled_tools = ["rm"]

[plugins."superpowers@marketplace"]
enabled = true

[marketplaces.superpowers]
source = "github"

# that is all

"""

SUPER_TABLE_LAST = """\
[agents.reviewer]
description = "Looks at diffs"

[agents]
max_threads = 4

[permissions.ci]
extends = ":workspace"

[permissions.ci.network]
domains = { "*.example.com" = "allow" }

[mcp_servers.only]
command = "only"
"""

COMMENTS_ALONE = """\
# model = "gpt-5"
# [mcp_servers.x]
# command = "x"
"""

CONFIGS = {
    "plain": PLAIN,
    "env first": ENV_FIRST,
    "inline": INLINE,
    "dotted": DOTTED,
    "under one header": UNDER_ONE_HEADER,
    "quoted": QUOTED,
    "scattered": SCATTERED,
    "hooks": HOOKS,
    "profiles": PROFILES,
    "indented": INDENTED,
    "numbers": NUMBERS,
    "trailing": TRAILING,
    "super table last": SUPER_TABLE_LAST,
    "comments alone": COMMENTS_ALONE,
    "empty": "",
    "a blank line": "\n",
}

VARIANTS: dict[str, Callable[[str], bytes]] = {
    "as is": lambda text: text.encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "BOM": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "no final newline": lambda text: text.removesuffix("\n").encode(),
    "tabs": lambda text: "".join(_tabbed(line) for line in text.splitlines(keepends=True)).encode(),
}


def _tabbed(line: str) -> str:
    return line.replace("    ", "\t").replace("  ", "\t")


FILES = {f"{name}, {variant}": make(text) for name, text in CONFIGS.items() for variant, make in VARIANTS.items()}
