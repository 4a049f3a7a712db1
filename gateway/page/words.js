// What both pages share: the words in the reader's language, and the small tools.

const WORDS = {
  en: {
    activate: "Activate", activateThis: "Activate version {0}", active: "active", api: "API", asOf: "data as of {0}",
    away: "connection lost", body: "Body", compare: "Compare with", components: "Components",
    confirm: "Make version {0} of {1} the active one? The present one stays in the history.",
    deleted: "no active version", difference: "What has changed", docs: "Headrace API",
    done: "{0} is active now", empty: "The file is empty.", enter: "Log in", events: "Events",
    filter: "Filter events", filterHint: "Filter by type, path or hash", hint: "Use the API key that was printed on the first start, or make a link with: headrace login-link",
    history: "Version history", key: "API key", live: "live", livePage: "Live page", logIn: "Log in on the live page first.",
    login: "Log in", logout: "Log out", newer: "{0} new", none: "No component yet. Save a Python file in the watched tree, or run: headrace up --watch PATH",
    noMatch: "Nothing matches.", noNewline: "no newline at the end", nothing: "nothing (show all of it)",
    notices: "AI clients that need you", older: "Show older versions", otherLanguage: "한국어",
    pages: "Pages", parameters: "Parameters", pause: "Pause", pending: "The change is taken, and still on its way.", pick: "Pick a component",
    rate: "{0} events/s", required: "required", resume: "Resume", same: "These two versions are the same.",
    scan: "Scan", scanHint: "Read the server's own trees and add what is not there yet", scanned: "{0} versions added",
    search: "Search components", searchKey: "Search   ( / )", someMore: "{0} more: search for them",
    sum: "{0} added, {1} removed", title: "{0}, {1}, active: {2}", tryIt: "Try it", unchanged: "{0} unchanged lines",
    version: "Version {0}, {1}", versions: "{0} versions", versionsOne: "1 version",
  },
  ko: {
    activate: "활성화", activateThis: "{0}번 버전 활성화", active: "활성", api: "API", asOf: "{0} 기준 데이터",
    away: "연결 끊김", body: "본문", compare: "비교 대상", components: "컴포넌트",
    confirm: "{1}의 {0}번 버전을 활성화할까요? 현재 버전은 기록에 남습니다.",
    deleted: "활성 버전 없음", difference: "달라진 내용", docs: "Headrace API",
    done: "{0} 버전이 활성화되었습니다", empty: "빈 파일입니다.", enter: "로그인", events: "이벤트",
    filter: "이벤트 필터", filterHint: "종류, 경로, 해시로 거르기", hint: "처음 시작할 때 출력된 API 키를 쓰거나 headrace login-link 명령으로 링크를 만드세요.",
    history: "버전 기록", key: "API 키", live: "실시간", livePage: "실시간 화면", logIn: "먼저 실시간 화면에서 로그인하세요.",
    login: "로그인", logout: "로그아웃", newer: "새 이벤트 {0}개", none: "아직 컴포넌트가 없습니다. 감시 중인 트리에 Python 파일을 저장하거나 다음을 실행하세요: headrace up --watch PATH",
    noMatch: "일치하는 항목이 없습니다.", noNewline: "파일 끝에 줄바꿈 없음", nothing: "없음 (전체 보기)",
    notices: "확인이 필요한 AI 클라이언트", older: "이전 버전 더 보기", otherLanguage: "English",
    pages: "페이지", parameters: "매개변수", pause: "일시정지", pending: "변경을 접수했으며 아직 처리 중입니다.", pick: "컴포넌트를 고르세요",
    rate: "초당 이벤트 {0}개", required: "필수", resume: "계속", same: "두 버전의 내용이 같습니다.",
    scan: "스캔", scanHint: "서버의 로컬 트리를 읽어 아직 없는 것을 등록합니다", scanned: "버전 {0}개 등록됨",
    search: "컴포넌트 검색", searchKey: "검색   ( / )", someMore: "{0}개 더 있음: 검색해 보세요",
    sum: "{0}줄 추가, {1}줄 삭제", title: "{0}, {1}, 활성: {2}", tryIt: "실행해 보기", unchanged: "변경 없는 {0}줄",
    version: "{0}번 버전, {1}", versions: "버전 {0}개", versionsOne: "버전 1개",
  },
};

let language = localStorage.getItem("language") ?? (navigator.language.startsWith("ko") ? "ko" : "en");

export const word = (name, ...values) => WORDS[language][name].replace(/\{(\d)\}/g, (_, n) => values[n]);

/** Put the words into everything that stands in the page itself. */
export function translate() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-label]")) node.ariaLabel = word(node.dataset.label);
  for (const node of document.querySelectorAll("[data-title]")) node.title = word(node.dataset.title);
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = word(node.dataset.placeholder);
  const other = document.getElementById("language");
  other.textContent = word("otherLanguage");
  other.lang = language === "ko" ? "en" : "ko";
}

export function switchLanguage() {
  language = language === "ko" ? "en" : "ko";
  localStorage.setItem("language", language);
  translate();
}

/** A moment, in the reader's time zone: the time alone where it is of today. */
export function moment(time) {
  const date = new Date(time), day = (of) => of.toLocaleDateString("sv");
  const clock = date.toLocaleTimeString("sv");
  return day(date) === day(new Date()) ? clock : `${day(date)} ${clock}`;
}

/** A node of the page. Its text is always text: nothing is ever parsed as HTML. */
export function element(tag, properties, ...children) {
  const { dataset, ...rest } = properties;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, dataset);
  node.append(...children);
  return node;
}

/** Put nodes into a list, moving them only where it must be, and without taking the focus from any. */
export function arrange(list, nodes) {
  if (nodes.length === list.children.length && nodes.every((node, n) => node === list.children[n])) return;
  const focused = document.activeElement;
  list.replaceChildren(...nodes);
  if (list.contains(focused)) focused.focus();
}

/** Draw at most once a frame, however often it is asked for. */
export function onceAFrame(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; draw(); });
  };
}

export class Refusal extends Error {
  constructor(status, message) { super(message); this.status = status; }
}

/** The data of an answer. Who is not known is told so by an `unauthorized` event. Throws Refusal. */
export async function call(path, options = {}) {
  const response = await fetch(path, { headers: { "Content-Type": "application/json" }, ...options });
  if (response.status === 401) dispatchEvent(new Event("unauthorized"));
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(response.status, answer.error?.message ?? `${response.status} ${response.statusText}`);
  return answer.data;
}

export const post = (path, body) => call(path, { method: "POST", body: JSON.stringify(body) });
