// Every word of the pages, Vietnamese and English. {0} is the first thing that a caller puts in.
// Changing a word is changing a line here; both languages are always there.
export const languages = { vi: "Tiếng Việt", en: "English" };

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

  // Headline
  headline: ["Cử tri cả nước đã đi bỏ phiếu", "Voters who have voted, nationwide"],
  "headline.area": ["Cử tri {0} đã đi bỏ phiếu", "Voters who have voted, {0}"],
  lead: ["{0} trong tổng số {1} cử tri đã bỏ phiếu", "{0} of {1} registered voters"],
  remaining: ["còn {0}", "{0} remaining"],
  "never.full": [
    "Chưa phải 100 %: chỉ ghi 100 khi không còn cử tri nào.",
    "Not 100%: that is said only when no voter is left.",
  ],
  silent: [
    "{0} tổ chưa báo lần nào. Nếu cử tri ở đó đều chưa đi: {1}; nếu đều đã đi: {2}.",
    "{0} units not heard from. If none of their voters has voted: {1}; if all have: {2}.",
  ],
  "as.of": ["Tính đến", "As of"],
  "as.of.none": ["chưa có báo cáo", "no report yet"],
  "units.reported": ["Tổ bầu cử đã báo", "Polling units heard from"],
  "communes.complete": ["Xã, phường, đặc khu đã đủ", "Communes complete"],
  verifying: ["Đang kiểm tra", "Under verification"],
  "verifying.why": [
    "Tổng chưa khớp với các phần của nó. Chưa khớp thì không đưa số.",
    "The total does not yet match its parts. Until it does, no figure is given.",
  ],
  "verifying.last": ["Số đã kiểm gần nhất, lúc {0}: {1}", "The last figure checked, at {0}: {1}"],
  unpublished: ["Chưa công bố", "Not published"],
  voterless: ["Không có cử tri", "No voters"],

  // Map and classes
  "by.province": ["Theo tỉnh, thành phố", "By province"],
  "class.full": ["100, đủ mọi cử tri", "100, everyone"],
  "class.from": ["từ {0}", "from {0}"],
  "class.under": ["dưới {0}", "under {0}"],
  "class.silent": ["chưa báo", "not heard from"],
  "class.verifying": ["đang kiểm tra", "under verification"],
  "provinces.by.class": ["Số tỉnh theo mức, %", "Provinces by class, %"],
  "communes.by.class": ["Số xã, phường theo mức, %", "Communes by class, %"],
  "tile.verifying": ["kiểm tra", "verifying"],
  "tile.silent": ["chưa báo", "silent"],
  "tile.none": ["chưa có", "none"],
  complete: ["đủ", "complete"],

  // Milestones
  milestones: ["Mốc trong ngày", "Milestones"],
  "provinces.complete": ["Tỉnh, thành phố đã đủ", "Provinces complete"],
  "none.yet": ["Chưa có tỉnh nào", "None yet"],
  nearest: ["Gần đủ nhất", "Nearest to complete"],
  fastest: ["Nhanh nhất", "Fastest"],
  slowest: ["Chậm nhất", "Slowest"],
  left: ["còn {0}", "{0} left"],
  "complete.means": [
    "Đủ: mọi cử tri có tên trong danh sách đã bỏ phiếu.",
    "Complete: every voter on the roll has voted.",
  ],
  "where.missing": ["Còn thiếu ở đâu", "Where voters are missing"],
  "incomplete.of": ["{0} trong {1} xã, phường chưa đủ", "{0} of {1} communes not complete"],
  rank: [
    "Thứ {0} trong {1} tỉnh, thành phố theo tỷ lệ lúc {2}.",
    "Number {0} of {1} provinces by turnout at {2}.",
  ],
  locator: ["Vị trí trên cả nước", "Where it is in the country"],

  // Tables
  "provinces.count": ["{0} tỉnh, thành phố", "{0} provinces"],
  "communes.count": ["{0} xã, phường của {1}", "{0} communes of {1}"],
  province: ["Tỉnh, thành phố", "Province"],
  commune: ["Xã, phường", "Commune"],
  voted: ["Đã bỏ phiếu", "Voted"],
  registered: ["Cử tri", "Registered"],
  "remaining.column": ["Còn lại", "Remaining"],
  "reported.column": ["Tổ đã báo", "Units heard"],
  find: ["Tìm", "Find"],
  "find.hint": ["gõ không dấu cũng được", "accents do not matter"],
  "found.none": ["Không có tên nào như vậy.", "No such name."],
  turn: ["Xoay ngang máy để xem thêm cột.", "Turn the device for more columns."],

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
    "{0}, {1}. Được dùng lại, xin ghi nguồn. Phần mềm: Turnout, MIT.",
    "{0}, {1}. Free to use; name the source. Software: Turnout, MIT.",
  ],

  // Time
  "zone.Asia/Ho_Chi_Minh": ["giờ Việt Nam ({0})", "Viet Nam time ({0})"],
};
