// Every word of the pages, Vietnamese and English. {0} is the first thing that a caller puts in.
// Changing a word is changing a line here or in words/; both languages are always there.
import { bulletin } from "./words/bulletin.js";
import { check } from "./words/check.js";
import { codes } from "./words/codes.js";
import { committee } from "./words/committee.js";
import { picture } from "./words/picture.js";
import { report } from "./words/report.js";

export const languages = { vi: "Tiếng Việt", en: "English" };

// Those of every page, and behind them what only some have.
export const words = {
  // Furniture
  skip: ["Đến nội dung chính", "Skip to the figures"],
  language: ["Ngôn ngữ", "Language"],
  theme: ["Giao diện", "Appearance"],
  "theme.auto": ["Theo máy", "As device"],
  "theme.light": ["Sáng", "Light"],
  "theme.dark": ["Tối", "Dark"],
  crumbs: ["Đang ở", "You are here"],
  nationwide: ["Cả nước", "Nationwide"],
  pages: ["Trang", "Pages"],
  "page.picture": ["Toàn cảnh", "Live picture"],
  "page.bulletin": ["Bản tin", "Bulletins"],
  "page.check": ["Tự kiểm chứng", "Check it yourself"],

  // State of what is shown
  title: ["{0} · Cử tri đã đi bỏ phiếu", "{0} · Turnout"],
  "title.rehearsal": ["[Diễn tập] {0}", "[Rehearsal] {0}"],
  "title.old": ["[Số của {1}] {0}", "[Figures of {1}] {0}"],
  loading: ["Đang tải số liệu…", "Fetching the figures…"],
  unknown: ["Cuộc bầu cử này không có địa bàn mang mã {0}.", "This election has no area with the code {0}."],
  back: ["Về trang toàn cảnh", "Back to the whole picture"],
  rehearsal: ["Diễn tập", "Rehearsal"],
  "rehearsal.band": [
    "Mọi số trên trang này là số thử, không phải của cuộc bầu cử.",
    "Every figure on this page is a test, not the election’s.",
  ],
  unofficial: ["Chưa chính thức", "Unofficial"],
  live: ["Trực tiếp", "Live"],
  lost: ["Mất kết nối", "Connection lost"],
  old: ["Số cũ", "Not current"],
  "lost.band": [
    "Đây là số của {0}, {1}. Trang đang thử nối lại.",
    "These are the figures of {0}, {1}. The page keeps trying.",
  ],
  "old.band": [
    "Máy chủ chưa có số mới. Đây là số của {0}, {1}.",
    "The server has no newer figures. These are those of {0}, {1}.",
  ],
  "figures.of": ["Số của {0}", "Figures of {0}"],
  rounds: ["Số chỉ được công bố theo đợt.", "Figures are published by round only."],
  hold: ["Việc công bố số đang tạm dừng.", "Publication is on hold."],

  // Colophon
  "about.what": ["Đếm gì", "What is counted"],
  "about.what.text": [
    "Số cử tri đã bỏ phiếu do {0} tổ bầu cử báo, chia cho số cử tri trong danh sách tại cùng thời điểm. Danh sách thay đổi trong ngày. Không phải kết quả kiểm phiếu.",
    "Voters who have voted, as reported by {0} polling units, over the voters on their rolls at the same time. Rolls change during the day. These are not results of the count.",
  ],
  "about.when": ["Tính đến khi nào", "As of when"],
  "about.when.text": [
    "Báo cáo mới nhất tính đến {0}. Trang tự cập nhật, không cần tải lại.",
    "The newest report is as of {0}. The page updates itself.",
  ],
  "about.check": ["Kiểm chứng", "Verification"],
  "about.check.text": [
    "Cả nước bằng tổng các tỉnh, bằng tổng các xã, bằng tổng các tổ. Tổng không khớp thì không được đưa ra.",
    "The nation is the sum of its provinces, of its communes, of its units. A total that does not match is not shown.",
  ],
  "about.data": ["Số liệu mở", "Open data"],
  "about.data.text": [
    "{0}, {1}, {2}. Được dùng lại, xin ghi nguồn. Phần mềm: Turnout, MIT.",
    "{0}, {1}, {2}. Free to use; name the source. Software: Turnout, MIT.",
  ],

  // Time
  "zone.Asia/Ho_Chi_Minh": ["giờ Việt Nam ({0})", "Viet Nam time ({0})"],

  ...picture,
  ...bulletin,
  ...check,
  ...report,
  ...codes,
  ...committee,
};
