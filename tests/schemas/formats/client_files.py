"""JSON files as the clients and the people who use them write them, and each of them in other spellings."""

import re

from schemas.formats.jsonc import COMMENTED, LENIENT, STRICT, Jsonc

FILES: dict[str, tuple[Jsonc, str]] = {
    "claude-project": (
        STRICT,
        """{
  "mcpServers": {
    "docs": {
      "type": "http",
      "url": "https://docs.example.com/mcp",
      "headers": {
        "Authorization": "Bearer ${DOCS_TOKEN}"
      }
    },
    "db": {
      "command": "uvx",
      "args": [
        "db-mcp",
        "--ro"
      ],
      "env": {
        "DSN": "${DSN:-sqlite://}"
      },
      "timeout": 60000
    }
  }
}
""",
    ),
    "claude-one-line": (
        STRICT,
        """{ "mcpServers": { "docs": { "type": "http", "url": "https://docs.example.com/mcp" },
  "db": { "command": "uvx", "args": ["db-mcp", "--ro"], "env": { "DSN": "${DSN:-sqlite://}" } } } }
""",
    ),
    "claude-minified": (STRICT, '{"mcpServers":{"db":{"command":"uvx","args":["db-mcp","--ro"],"env":{}}},"n":1.50}'),
    "claude-empty": (STRICT, "{}\n"),
    "claude-no-servers": (STRICT, '{\n  "mcpServers": {}\n}\n'),
    "claude-settings": (
        STRICT,
        """{
    "$schema": "https://json.schemastore.org/claude-code-settings.json",
    "permissions": {
        "allow": ["Bash(npm run test *)", "mcp__docs"],
        "ask": [ "Bash(git push *)" ],
        "deny": ["Read(./.env)", "Read(./secrets/**)"],
        "defaultMode": "acceptEdits"
    },
    "hooks": {
        "PostToolUse": [
            { "matcher": "Edit|Write", "hooks": [{ "type": "command", "command": "ruff format \\"$FILE\\"" }] }
        ]
    },

    "disabledMcpjsonServers": ["db"]
}
""",
    ),
    "claude-state": (
        STRICT,
        """{
  "numStartups": 412,
  "tipsHistory": { "new-user-warmup": 3, "shift-enter": 17 },
  "projects": {
    "/home/jin/work/결함-검사": {
      "allowedTools": [],
      "history": [
        { "display": "왜 이 시험이 실패하지? \\u2028 \\ud83d\\ude00", "pastedContents": {} },
        { "display": "a \\\\ b \\"c\\" {not: json} // no comment", "pastedContents": {} }
      ],
      "mcpServers": {},
      "hasTrustDialogAccepted": true,
      "lastCost": 1.2345e-2
    }
  },
  "mcpServers": {
    "linear": { "type": "sse", "url": "https://mcp.linear.app/sse" }
  },
  "oauthAccount": null
}
""",
    ),
    "qwen": (
        COMMENTED,
        """{ // team defaults
  "mcpServers": {
    "docs": { "httpUrl": "https://docs.example.com/mcp", "headers": { "Authorization": "Bearer $DOCS_TOKEN" } }
  },
  "mcp": { "excluded": ["legacy-*"] }, // old ones
  "permissions": { "allow": ["Bash(npm test *)", "Bash('\\"')", "Bash(})"], "deny": ["Read(.env)"] },
  "$version": 4 }
""",
    ),
    "qwen-comments": (
        COMMENTED,
        """// Settings of the vision team.
// Ask Mina before you change "mcp".
{
  /* Servers
   * that everyone has */
  "mcpServers": {
    // documents
    "docs": {
      "httpUrl": "https://docs.example.com/mcp" // streamable
    }, // end of docs

    // "old": { "command": "old" },
    "db": {
      "command": "uvx", /* from the mirror */
      "args": [
        "db-mcp", // the package
        // "--rw",
        "--ro" // nobody writes
      ]
    }
    // more to come
  },
  "mcp": {
    // none yet
  }
}
// end
""",
    ),
    "gemini": (
        COMMENTED,
        """{
\t"mcpServers": {
\t\t"docs": {
\t\t\t"url": "https://docs.example.com/mcp",
\t\t\t"type": "http",
\t\t\t"headers": { "Authorization": "Bearer ${DOCS_TOKEN:-none}" }
\t\t}
\t},
\t"context": { "fileName": ["AGENTS.md", "GEMINI.md"] },
\t"mcp": { }
}
""",
    ),
    "rovo": (
        STRICT,
        """{
  "mcpServers" : {
    "docs" : {
      "url" : "https://docs.example.com/mcp",
      "transport" : "http",
      "headers" : { "X-Team" : "a" },
      "disabled" : false
    }
  }
}
""",
    ),
    "cursor": (
        STRICT,
        """{
  "mcpServers":
  {
    "files":
    {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-filesystem", "${workspaceFolder}"],
      "envFile": "${workspaceFolder}/.env"
    }
  }
}
""",
    ),
    "cursor-cli": (
        STRICT,
        """{
  "permissions": {
    "allow": [
      "Shell(ls)",
      "Mcp(docs:*)"
    ],
    "deny": []
  }
}""",
    ),
    "vscode": (
        LENIENT,
        """{
    // Inputs are asked for once.
    "inputs": [
        {
            "type": "promptString",
            "id": "docs-token",
            "description": "Docs token",
            "password": true,
        },
    ],
    "servers": {
        "docs": {
            "type": "http",
            "url": "https://docs.example.com/mcp",
            "headers": { "Authorization": "Bearer ${input:docs-token}" },
        },
        // "test": {
        //     "type": "stdio",
        // },
    },
}
""",
    ),
    "vscode-new": (LENIENT, "{\n}\n"),
    "vscode-comment-only": (LENIENT, "// Place your settings in this file to overwrite the default settings\n"),
    "copilot-cli": (
        LENIENT,
        """{
  "mcpServers": {
    "local": {"type": "local", "command": "npx", "args": ["-y", "pkg"], "tools": ["*"]},
    "far": {"type": "http", "url": "https://far.example.com", "tools": ["search", "read"]}
  }
}
""",
    ),
    "windsurf": (
        STRICT,
        """{
  "mcpServers": {
    "docs": {
      "serverUrl": "https://docs.example.com/mcp",
      "headers": {"Authorization": "Bearer ${env:DOCS_TOKEN}"},
      "disabledTools": ["purge"]
    },

    "figma": {
      "command": "npx", "args": ["-y", "figma-mcp"],
      "env": {"KEY": "${env:FIGMA}"}
    }

  }
}
""",
    ),
    "cline": (
        STRICT,
        """{
  "mcpServers": {
    "docs": {
      "transport": {"type": "streamableHttp", "url": "https://docs.example.com/mcp"},
      "disabled": false,
      "timeout": 60
    },
    "flat": {
      "command": "node",
      "args": [ ],
      "autoApprove": [
      ],
      "env": {

      }
    }
  }
}
""",
    ),
    "roo": (
        STRICT,
        """{"mcpServers": {
 "docs": {
  "type": "streamable-http",
  "url": "https://docs.example.com/mcp",
  "alwaysAllow": ["search"], "disabled": false
 } } }
""",
    ),
    "zed": (
        LENIENT,
        """// Zed settings
//
// For information on how to configure Zed, see the Zed
// documentation: https://zed.dev/docs/configuring-zed
{
  "theme": {
    "mode": "system",
    "light": "One Light",
    "dark": "One Dark",
  },
  "context_servers": {
    "db": { "command": "uvx", "args": ["db-mcp"], "env": {}, "enabled": true, }, // mine
    "docs": { "url": "https://docs.example.com/mcp", },
  }, // servers
  "agent": {
    "tool_permissions": { "tools": { "terminal": { "always_allow": [{ "pattern": "^git\\\\s+status" }, ], }, }, },
    /* later */
  },
}
""",
    ),
    "opencode": (
        LENIENT,
        """{ "$schema": "https://opencode.ai/config.json",
  "mcp": { "docs": { "type": "remote", "url": "https://docs.example.com/mcp", "enabled": true }, // docs
           "db": { "type": "local", "command": ["uvx", "db-mcp"] } /* db */ },
  "permission": { "bash": { "*": "ask", "git status *": "allow" } } }
""",
    ),
    "opencode-duplicate": (
        LENIENT,
        """{
  "mcp": { "old": { "enabled": false } },
  // again, and this one counts
  "mcp": {
    "a": { "enabled": false }, // first
    "b": { "enabled": true },
    "a": { "enabled": true } // second
  }
}
""",
    ),
    "kiro": (
        STRICT,
        """{
  "mcpServers": {
    "awslabs.ecs-mcp-server": {
      "command": "uvx",
      "args": ["awslabs.ecs-mcp-server@latest"],
      "env": {"FASTMCP_LOG_LEVEL": "ERROR", "K": "${K}"},
      "disabled": false,
      "autoApprove": ["search"], "disabledTools": []
    }
  }
}
""",
    ),
    "commas-first": (
        COMMENTED,
        """{ "command": "uvx"
, "args": [ "a" // one
          , "b"
          , "c" ]
, "env": { "A": "1"
         , "B": "2" }
}
""",
    ),
}


def spellings(text: str) -> dict[str, bytes]:
    """A file as it is, and with other line ends, a byte order mark, no last line end, tabs."""
    tabs = re.sub(r"(?m)^ +", lambda found: "\t" * (len(found[0]) // 2) + " " * (len(found[0]) % 2), text)
    return {
        "as-is": text.encode(),
        "crlf": text.replace("\n", "\r\n").encode(),
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "open-end": text.rstrip("\n").encode(),
        "tabs": tabs.encode(),
    }


CASES: dict[str, tuple[Jsonc, bytes]] = {
    f"{name}-{spelling}": (reader, raw)
    for name, (reader, text) in FILES.items()
    for spelling, raw in spellings(text).items()
}
