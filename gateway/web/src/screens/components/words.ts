import type { Words } from "../../words";

export type Policy = "first" | "fastForward" | "forced" | "lastWriteWins" | "stored" | "decided" | "conflicted";

type Name = Policy
  | "title" | "pick" | "pickRemedy" | "search" | "noMatch" | "noMatchRemedy" | "counted" | "downloadList" | "none" | "noneRemedy"
  | "noneViewer" | "deleted" | "versions" | "row" | "fresh" | "all" | "missing" | "missingRemedy" | "history"
  | "viewerOnly" | "version" | "versionActive" | "by" | "activatedBy" | "activateShort" | "activateThis" | "activateAnyway"
  | "activateDoes" | "activated" | "activatePending" | "nothing" | "nothingActive" | "changes" | "compareWith" | "download"
  | "downloadThis" | "copyThis" | "usedTitle" | "usedBy" | "usedMore" | "unused" | "revision" | "overtaken" | "overtakenRemedy"
  | "movedMeanwhile" | "showNewDiff" | "undo" | "undoThis" | "undone" | "undoOvertaken" | "emptyFile" | "noNewline" | "crlf"
  | "because" | "scan" | "scanAction" | "scanDoes" | "scanKeeps" | "scanned" | "scannedNone" | "scanPending"
  | "scanPlan" | "scanNothing" | "scanMore" | ScanPart;

/** What a scan may come to for a file, by the server's names. */
export type ScanPart = "new_components" | "new_versions" | "unchanged" | "refused";

/** The server's words for why a version was taken. */
const POLICIES: Record<string, Policy> = {
  first: "first", "fast-forward": "fastForward", forced: "forced", "last-write-wins": "lastWriteWins", stored: "stored",
  decided: "decided", conflicted: "conflicted",
};

export function policyOf(said: string): Policy | null {
  return POLICIES[said] ?? null;
}

export const words: Words<Name> = {
  en: {
    first: "the first version", fastForward: "built on the active version", forced: "chosen over what was active",
    lastWriteWins: "both sides had changed, the newer one was taken", stored: "kept without being made active",
    decided: "decided by a person", conflicted: "kept for a person to decide",
    title: "Components", pick: "Pick a component", pickRemedy: "Its versions, and what lies between them, are shown here.",
    search: "Search components", noMatch: "Nothing matches", noMatchRemedy: "Search by a part of the category or of the name.",
    counted: "{0} of {1}", downloadList: "Download this list", none: "No component yet",
    noneRemedy: "Scan Local reads what lies on the server. Or let a checkout be watched:",
    noneViewer: "Somebody who may write can let a checkout be watched:", deleted: "deleted",
    versions: "{0} {0|version|versions}", row: "{0}, active: {1}", fresh: "changed just now", all: "All components",
    missing: "There is no component {0}", missingRemedy: "It may be of another project, or the address was cut off.",
    history: "Version history", viewerOnly: "Your role may look, and not activate.", version: "Version {0}",
    versionActive: "Version {0} (active)", by: "by {0}", activatedBy: "made active by {0}", activateShort: "Activate",
    activateThis: "Activate version {0}", activateAnyway: "Activate version {0} all the same",
    activateDoes: "Version {0} becomes the active one, and whoever syncs gets it next. Nothing is deleted: all versions stay in the history.",
    activated: "Version {0} of {1} is active now.", activatePending: "Version {0} of {1}: taken, and not carried through yet.",
    nothing: "Nothing", nothingActive: "Nothing is active", changes: "What has changed", compareWith: "Compare version {0} with",
    download: "Download", downloadThis: "Download version {0}", copyThis: "Copy version {0}",
    usedTitle: "Where version {0} is used", usedBy: "Experiments that used it", usedMore: "{0} experiments in all, of which {1} are shown.",
    unused: "No experiment has named it in its manifest.", revision: "revision {0}",
    overtaken: "Somebody else has made another version active meanwhile. Nothing was changed.",
    overtakenRemedy: "The difference from what is active now is shown above. Look at it, then decide again.",
    movedMeanwhile: "Another version has become the active one while you were looking", showNewDiff: "Show the difference from it",
    undo: "Undo", undoThis: "Undo: {0}", undone: "{0} is as it was before.",
    undoOvertaken: "This cannot be undone any more: somebody has activated another version since.",
    emptyFile: "{0}: the file is empty", noNewline: "{0}: no newline at the end of the file", crlf: "{0}: lines end as on Windows (CRLF)",
    scan: "Scan Local", scanAction: "Add what is new",
    scanDoes: "Reads the trees of this server (headrace up --watch) and adds a version for each file that is not known yet. New versions become active.",
    scanKeeps: "Nothing is deleted, and no file is written.", scanned: "{0} {0|version was|versions were} added.",
    scannedNone: "Everything was known already: nothing was added.", scanPending: "The scan goes on; what it adds appears in the list.",
    scanPlan: "What it would come to now", scanNothing: "Everything is known already: there is nothing to add.", scanMore: "and {0} more",
    new_components: "New components: {0}", new_versions: "New versions of known components: {0}", unchanged: "Unchanged: {0}",
    refused: "No Python text, so not taken: {0}", because: "Reason:",
  },
  ko: {
    first: "첫 버전", fastForward: "활성 버전에서 이어진 변경", forced: "활성 버전 대신 선택됨",
    lastWriteWins: "양쪽이 모두 바뀌어 나중 것을 반영", stored: "활성화하지 않고 보관", decided: "사람이 결정함",
    conflicted: "결정을 기다리며 보관",
    title: "컴포넌트", pick: "컴포넌트를 선택하세요", pickRemedy: "버전과 버전 사이의 차이가 여기에 표시됩니다.",
    search: "컴포넌트 검색", noMatch: "일치하는 항목이 없습니다", noMatchRemedy: "분류나 이름의 일부로 검색하세요.",
    counted: "{1}개 중 {0}개", downloadList: "이 목록 내려받기", none: "아직 컴포넌트가 없습니다",
    noneRemedy: "로컬 스캔으로 서버에 있는 파일을 읽어 오거나, 작업 폴더를 감시하게 하세요:",
    noneViewer: "쓰기 권한이 있는 사용자가 작업 폴더를 감시하게 할 수 있습니다:", deleted: "삭제됨",
    versions: "버전 {0}개", row: "{0}, 활성: {1}", fresh: "방금 변경됨", all: "전체 컴포넌트",
    missing: "{0} 컴포넌트가 없습니다", missingRemedy: "다른 프로젝트의 것이거나 주소가 잘렸을 수 있습니다.",
    history: "버전 기록", viewerOnly: "조회 권한으로는 활성화할 수 없습니다.", version: "버전 {0}",
    versionActive: "버전 {0} (활성)", by: "{0} 작성", activatedBy: "{0} 님이 활성화", activateShort: "활성화",
    activateThis: "버전 {0} 활성화", activateAnyway: "그래도 버전 {0} 활성화",
    activateDoes: "버전 {0}이(가) 활성 버전이 되고, 다음 동기화부터 전달됩니다. 삭제되는 것은 없으며 모든 버전이 기록에 남습니다.",
    activated: "{1}의 버전 {0}이(가) 활성화되었습니다.", activatePending: "{1}의 버전 {0}: 접수되었으며 아직 처리 중입니다.",
    nothing: "없음", nothingActive: "활성 버전 없음", changes: "변경 내용", compareWith: "버전 {0}와(과) 비교할 대상",
    download: "내려받기", downloadThis: "버전 {0} 내려받기", copyThis: "버전 {0} 복사",
    usedTitle: "버전 {0}을(를) 사용한 곳", usedBy: "이 버전을 사용한 실험", usedMore: "실험 {0}개 중 {1}개를 표시합니다.",
    unused: "이 버전을 매니페스트에 적은 실험이 없습니다.", revision: "리비전 {0}",
    overtaken: "그 사이 다른 사람이 다른 버전을 활성화했습니다. 바뀐 것은 없습니다.",
    overtakenRemedy: "현재 활성 버전과의 차이를 위에 표시했습니다. 확인한 뒤 다시 결정하세요.",
    movedMeanwhile: "보는 동안 다른 버전이 활성화되었습니다", showNewDiff: "그 버전과의 차이 보기",
    undo: "되돌리기", undoThis: "되돌리기: {0}", undone: "{0}을(를) 이전 상태로 되돌렸습니다.",
    undoOvertaken: "이후 다른 사람이 다른 버전을 활성화하여 되돌릴 수 없습니다.",
    emptyFile: "{0}: 빈 파일", noNewline: "{0}: 파일 끝에 줄바꿈이 없음", crlf: "{0}: Windows 방식 줄바꿈(CRLF)",
    scan: "로컬 스캔", scanAction: "새 파일 추가",
    scanDoes: "서버의 폴더(headrace up --watch)를 읽어 아직 없는 파일마다 버전을 추가합니다. 새 버전은 활성화됩니다.",
    scanKeeps: "삭제되거나 기록되는 파일은 없습니다.", scanned: "버전 {0}개를 추가했습니다.",
    scannedNone: "모두 이미 있는 파일이어서 추가된 것이 없습니다.", scanPending: "스캔이 계속 진행 중이며, 추가된 것은 목록에 나타납니다.",
    scanPlan: "지금 실행하면", scanNothing: "모두 이미 있는 파일이어서 추가할 것이 없습니다.", scanMore: "외 {0}개",
    new_components: "새 컴포넌트: {0}개", new_versions: "기존 컴포넌트의 새 버전: {0}개", unchanged: "변경 없음: {0}개",
    refused: "Python 텍스트가 아니어서 제외: {0}개", because: "사유:",
  },
};
