import type { Words } from "../../words";
import type { ElementKind, Scope } from "./ask";

type Name = ElementKind | Scope
  | "search" | "none" | "noneRemedy" | "elsewhere" | "dryRun" | "foreseen" | "foreseenSince" | "foreseenLimit" | "foreseenNever" | "foreseenCount"
  | "foreseenNone" | "foreseenWaits" | "afterwards" | "addedThere" | "changedThere" | "removedThere" | "noneFound" | "noneFoundRemedy" | "never" | "lastSync" | "nothingToDo" | "changes" | "decisions"
  | "conflicts" | "waiting" | "problems" | "losses" | "add" | "addThis" | "addEffect" | "program" | "scope" | "path" | "pathHint"
  | "machine" | "machineHint" | "name" | "nameHint" | "anyMachine" | "policyOf" | "syncAll" | "syncNow" | "syncEffect" | "asked" | "enable"
  | "forget" | "forgetEffect" | "disable" | "enableEffect" | "disableEffect" | "back" | "configuration" | "syncs" | "whatItDid" | "itsLog" | "mayNot" | "noElements"
  | "noElementsRemedy" | "noSuchElement" | "chooseElement" | "elements" | "removed" | "removedNow" | "model" | "files" | "filesHint" | "lost"
  | "history" | "step" | "when" | "who" | "why" | "version" | "removal" | "rollBackTo" | "rollBack" | "rollBackRemove" | "rollBackEffect"
  | "rolledBack" | "undo" | "now" | "whatChanges" | "older" | "from" | "to" | "noSyncs" | "wrong" | "waits" | "decisionsMade" | "changesMade"
  | "whatChanged" | "config_snapshot" | "diff" | "log" | "file" | "command" | "request" | "backHere";

export const words: Words<Name> = {
  en: {
    servers: "Servers", rules: "Rules", permissions: "Permissions", project: "project", user: "home folder",
    search: "Search by name, machine or path", none: "No client takes part yet",
    noneRemedy: "Run “headrace clients sync” in a project: every client that has files there appears here. Or add one.",
    noneFound: "Nothing fits the search", noneFoundRemedy: "Clear the search to see all clients.", never: "never synced",
    lastSync: "Last sync", nothingToDo: "There was nothing to do.", elsewhere: "Clients take part in other projects:",
    dryRun: "Dry run", foreseen: "What the next sync would do", foreseenSince: "Compared with what its files held after the sync of",
    foreseenLimit: "What was changed in them since is seen by the machine alone: headrace clients sync --dry-run.",
    foreseenNever: "No sync of it has succeeded yet, so all that stands in the common configuration is new to it.",
    foreseenCount: "{0} {0|element changes|elements change}", foreseenNone: "Nothing would change.",
    foreseenWaits: "Stays as it is until somebody has decided", afterwards: "After the sync", addedThere: "added", changedThere: "changed",
    removedThere: "removed", changes: "changed: {0}", decisions: "decided: {0}",
    conflicts: "conflicts: {0}", waiting: "waiting for you: {0}", problems: "problems: {0}", losses: "lost in translation: {0}",
    add: "Add a client", addThis: "Add {0}", addEffect: "The next sync at its place writes its files, though it has none yet.",
    program: "Program", scope: "Scope", path: "Folder", pathHint: "The project's root, or the home folder, such as /work/app",
    machine: "Machine", machineHint: "Empty: any machine that has this folder", name: "Name", nameHint: "Empty: made of the program and the place",
    anyMachine: "any machine", policyOf: "Policy: {0}", syncAll: "Sync all {0} now", syncNow: "Sync now",
    syncEffect: "It waits until the machine takes it up: at once where “headrace clients watch” runs, else with the next “headrace clients sync”.",
    asked: "Asked for at", enable: "Enable", disable: "Disable",
    enableEffect: "{0} is read and written again with the next sync of its machine.",
    disableEffect: "{0} is neither read nor written from now on. Its files stay as they are, and its history stays.",
    forget: "Forget",
    forgetEffect: "{0} is in the list no more, and what was decided about it is forgotten. Its files, its log and the elements it brought stay. Where it is synced again, it is back by itself.",
    back: "All clients", configuration: "Configuration", syncs: "Syncs", whatItDid: "What it did", itsLog: "Its log",
    mayNot: "Syncing and changing a client takes the role user; you are a {0}. Ask an administrator.",
    noElements: "Nothing is configured in this scope yet", noElementsRemedy: "What a client's files say appears here with its first sync.",
    noSuchElement: "There is no such element any more; choose another one.", chooseElement: "Choose an element to see how it stands and how it came to that.",
    elements: "Elements", removed: "removed", removedNow: "It was removed. This is what it was:", model: "In the common model",
    files: "Files written by the last sync", filesHint: "Files that were up to date are not named.", lost: "Lost in translation",
    history: "History", step: "Step", when: "When", who: "Who", why: "Why", version: "{0}: version {1}", removal: "{0}: removed",
    backHere: "Roll back", rollBackTo: "Roll back to {0}", rollBack: "Roll back to version {0}", rollBackRemove: "Remove it again",
    rollBackEffect: "All clients of this scope get it with their next sync. What stands now stays in the history.",
    rolledBack: "Rolled back.", undo: "Undo the roll-back", now: "As it stands now", whatChanges: "What will change", older: "Show older ones",
    from: "From", to: "To", noSyncs: "It was never synced", wrong: "What went wrong", waits: "What waits for a person",
    decisionsMade: "What was decided", changesMade: "What was written", whatChanged: "What changed", config_snapshot: "Download its configuration",
    diff: "Download the difference", log: "Download its log", file: "a file was changed", command: "by command", request: "asked for here",
  },
  ko: {
    servers: "서버", rules: "규칙", permissions: "권한", project: "프로젝트", user: "홈 폴더",
    search: "이름, 머신, 경로 검색", none: "아직 참여하는 클라이언트가 없습니다",
    noneRemedy: "프로젝트에서 “headrace clients sync”를 실행하면 그곳에 파일이 있는 클라이언트가 모두 여기에 나타납니다. 직접 추가할 수도 있습니다.",
    noneFound: "검색 결과가 없습니다", noneFoundRemedy: "검색어를 지우면 모든 클라이언트를 볼 수 있습니다.", never: "동기화한 적 없음",
    lastSync: "마지막 동기화", nothingToDo: "할 일이 없었습니다.", elsewhere: "다른 프로젝트에 참여하는 클라이언트:",
    dryRun: "미리 실행", foreseen: "다음 동기화가 할 일", foreseenSince: "이 동기화 후의 파일 내용과 비교했습니다:",
    foreseenLimit: "그 뒤 파일에서 바뀐 것은 해당 컴퓨터에서만 알 수 있습니다: headrace clients sync --dry-run.",
    foreseenNever: "아직 성공한 동기화가 없으므로 공통 설정의 모든 항목이 새로 추가됩니다.",
    foreseenCount: "항목 {0}개가 바뀝니다", foreseenNone: "바뀌는 것이 없습니다.",
    foreseenWaits: "결정할 때까지 그대로 두는 항목", afterwards: "동기화 후", addedThere: "추가", changedThere: "변경",
    removedThere: "삭제", changes: "변경 {0}", decisions: "결정 {0}",
    conflicts: "충돌 {0}", waiting: "확인 대기 {0}", problems: "문제 {0}", losses: "변환 손실 {0}",
    add: "클라이언트 추가", addThis: "{0} 추가", addEffect: "아직 파일이 없어도 해당 위치의 다음 동기화 때 파일을 작성합니다.",
    program: "프로그램", scope: "범위", path: "폴더", pathHint: "프로젝트 루트 또는 홈 폴더(예: /work/app)",
    machine: "머신", machineHint: "비워 두면 이 폴더가 있는 모든 머신", name: "이름", nameHint: "비워 두면 프로그램과 위치로 정합니다",
    anyMachine: "모든 머신", policyOf: "정책: {0}", syncAll: "{0}개 모두 지금 동기화", syncNow: "지금 동기화",
    syncEffect: "머신이 받아 갈 때까지 대기합니다. “headrace clients watch”가 실행 중이면 바로, 아니면 다음 “headrace clients sync” 때 처리됩니다.",
    asked: "요청 시각", enable: "사용", disable: "사용 중지",
    enableEffect: "해당 머신의 다음 동기화부터 {0}을(를) 다시 읽고 씁니다.",
    disableEffect: "지금부터 {0}을(를) 읽지도 쓰지도 않습니다. 파일과 기록은 그대로 남습니다.",
    forget: "목록에서 제거",
    forgetEffect: "{0}이(가) 목록에서 사라지고 이 클라이언트에 대한 결정도 없어집니다. 파일, 로그, 가져온 항목은 그대로 남습니다. 다시 동기화하면 저절로 돌아옵니다.",
    back: "모든 클라이언트", configuration: "설정", syncs: "동기화", whatItDid: "수행 내용", itsLog: "로그 보기",
    mayNot: "동기화하거나 클라이언트를 바꾸려면 user 역할이 필요합니다. 현재 역할은 {0}입니다. 관리자에게 문의하세요.",
    noElements: "이 범위에는 아직 설정이 없습니다", noElementsRemedy: "클라이언트를 처음 동기화하면 파일의 내용이 여기에 나타납니다.",
    noSuchElement: "그런 항목이 더 이상 없습니다. 다른 항목을 선택하세요.", chooseElement: "항목을 선택하면 현재 내용과 변경 기록을 볼 수 있습니다.",
    elements: "항목", removed: "삭제됨", removedNow: "삭제되었습니다. 삭제 전 내용:", model: "공통 모델",
    files: "마지막 동기화가 작성한 파일", filesHint: "이미 최신인 파일은 표시하지 않습니다.", lost: "변환 중 손실된 것",
    history: "기록", step: "단계", when: "시각", who: "변경자", why: "사유", version: "{0}: 버전 {1}", removal: "{0}: 삭제",
    backHere: "되돌리기", rollBackTo: "{0}(으)로 되돌리기", rollBack: "버전 {0}(으)로 되돌리기", rollBackRemove: "다시 삭제",
    rollBackEffect: "이 범위의 모든 클라이언트가 다음 동기화 때 받습니다. 현재 내용은 기록에 남습니다.",
    rolledBack: "되돌렸습니다.", undo: "되돌리기 취소", now: "현재 내용", whatChanges: "변경 내용", older: "이전 것 더 보기",
    from: "이전", to: "이후", noSyncs: "동기화한 적이 없습니다", wrong: "문제", waits: "사람의 결정을 기다리는 것",
    decisionsMade: "결정된 것", changesMade: "작성된 것", whatChanged: "바뀐 내용", config_snapshot: "설정 내려받기",
    diff: "차이 내려받기", log: "로그 내려받기", file: "파일 변경", command: "명령 실행", request: "여기에서 요청",
  },
};
