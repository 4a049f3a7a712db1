import type { Words } from "../../words";

type Name =
  | "title" | "search" | "none" | "noneRemedy" | "noMatch" | "noMatchRemedy" | "counted" | "downloadList"
  | "components" | "revisions" | "revision" | "newest" | "all" | "missingRemedy" | "downloadManifest" | "savedAt"
  | "changedSince" | "onlyChanged" | "viewerOnly" | "used" | "usedThen" | "usedBy" | "activeNow" | "nothingChanged" | "compareWith"
  | "pickOther" | "noOther" | "asItWas" | "changed" | "deletedSince" | "noVersion" | "fromTo" | "inHistory" | "comparison"
  | "differ" | "differences" | "swap" | "noDifference" | "noDifferenceRemedy" | "restore" | "restoreTitle"
  | "restoreDoes" | "wouldChange" | "stop" | "undoAll" | "progress" | "under" | "came" | "undoCame" | "overtaken" | "notTaken"
  | "results" | "before" | "after";

export const words: Words<Name> = {
  en: {
    title: "Experiments", search: "Search experiments", none: "No experiment has said yet what it used",
    noneRemedy: "A manifest is kept when a checkout is synced for an experiment:", noMatch: "Nothing matches",
    noMatchRemedy: "Search by a part of the experiment's uid.", counted: "{0} of {1}", downloadList: "Download this list",
    components: "{0} {0|component|components}", revisions: "{0} {0|revision|revisions}",
    revision: "Revision", newest: "{0} (newest)", all: "All experiments",
    missingRemedy: "It may be of another project, or the address was cut off. The list shows what there is.",
    downloadManifest: "Download manifest", savedAt: "Kept", changedSince: "{0} of {1} {1|component|components} {1|has|have} changed since.",
    onlyChanged: "Only what has changed", viewerOnly: "Your role may look, and not restore.", used: "Components it used",
    usedThen: "Used by the experiment", usedBy: "Used by {0}", activeNow: "Active now", nothingChanged: "Nothing has changed since",
    compareWith: "Compare with", pickOther: "Pick another experiment", noOther: "There is no other one yet",
    asItWas: "as it was", changed: "changed since", deletedSince: "deleted since", noVersion: "none", fromTo: "{0} → {1}",
    inHistory: "See both in the component's history", comparison: "Comparison of two experiments",
    differ: "They differ in {0} {0|component|components}.", differences: "Components in which they differ",
    swap: "Swap the sides", noDifference: "Both used the same", noDifferenceRemedy: "What differs between them does not lie in the components.",
    restore: "Activate {0} {0|version|versions}", restoreTitle: "Restore what {0} used",
    restoreDoes: "These versions become the active ones, and whoever syncs gets them next. Nothing is deleted: all versions stay in the history.",
    wouldChange: "What would change", stop: "Stop here", undoAll: "Undo all {0}", progress: "Progress",
    under: "{0} of {1} done…", came: "{0} of {1} are active now.", undoCame: "{0} of {1} are as they were before.",
    overtaken: "{0} overtaken: somebody else has activated another version meanwhile, and that one stays. Close this and look again.",
    notTaken: "{0} not carried through yet.", results: "What it came to", before: "Before", after: "After",
  },
  ko: {
    title: "실험", search: "실험 검색", none: "아직 사용한 컴포넌트를 기록한 실험이 없습니다",
    noneRemedy: "실험을 위해 작업 폴더를 동기화하면 매니페스트가 보관됩니다:", noMatch: "일치하는 항목이 없습니다",
    noMatchRemedy: "실험 uid의 일부로 검색하세요.", counted: "{1}개 중 {0}개", downloadList: "이 목록 내려받기",
    components: "컴포넌트 {0}개", revisions: "리비전 {0}개",
    revision: "리비전", newest: "{0} (최신)", all: "전체 실험",
    missingRemedy: "다른 프로젝트의 것이거나 주소가 잘렸을 수 있습니다. 목록에서 확인하세요.",
    downloadManifest: "매니페스트 내려받기", savedAt: "보관 시각:", changedSince: "컴포넌트 {1}개 중 {0}개가 이후 변경되었습니다.",
    onlyChanged: "변경된 것만", viewerOnly: "조회 권한으로는 복원할 수 없습니다.", used: "사용한 컴포넌트",
    usedThen: "실험에서 사용", usedBy: "{0}에서 사용", activeNow: "현재 활성", nothingChanged: "이후 변경된 것이 없습니다",
    compareWith: "비교할 실험", pickOther: "다른 실험 선택", noOther: "아직 다른 실험이 없습니다",
    asItWas: "그대로", changed: "이후 변경됨", deletedSince: "이후 삭제됨", noVersion: "없음", fromTo: "{0} → {1}",
    inHistory: "컴포넌트 기록에서 두 버전 보기", comparison: "두 실험 비교",
    differ: "컴포넌트 {0}개가 다릅니다.", differences: "서로 다른 컴포넌트",
    swap: "양쪽 바꾸기", noDifference: "두 실험이 같은 것을 사용했습니다", noDifferenceRemedy: "두 실험의 차이는 컴포넌트에 있지 않습니다.",
    restore: "버전 {0}개 활성화", restoreTitle: "{0}에서 사용한 것 복원",
    restoreDoes: "아래 버전이 활성 버전이 되고, 다음 동기화부터 전달됩니다. 삭제되는 것은 없으며 모든 버전이 기록에 남습니다.",
    wouldChange: "바뀔 내용", stop: "여기서 중지", undoAll: "{0}개 모두 되돌리기", progress: "진행 상황",
    under: "{1}개 중 {0}개 처리…", came: "{1}개 중 {0}개가 활성화되었습니다.", undoCame: "{1}개 중 {0}개를 이전 상태로 되돌렸습니다.",
    overtaken: "{0}개는 대체됨: 그 사이 다른 사람이 다른 버전을 활성화하여 그 버전을 유지했습니다. 닫고 다시 확인하세요.",
    notTaken: "{0}개는 아직 처리되지 않았습니다.", results: "결과", before: "이전", after: "이후",
  },
};
