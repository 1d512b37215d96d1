// Bulletins.
export const bulletin = {
  "bulletin.number": ["Bản tin số {0}", "Bulletin {0}"],
  "bulletin.title": ["Bản tin số {0}, đợt {1}", "Bulletin {0}, round {1}"],
  "bulletin.other": ["Bản tin số {0}, {1}", "Bulletin {0}, {1}"],
  "bulletin.closing": ["đóng cửa", "closing"],
  "bulletin.lead": [
    "cử tri cả nước đã bỏ phiếu, theo báo cáo nhận đến {0} ngày {1}, {2}",
    "of the nation’s voters have voted, by reports received until {0} on {1}, {2}",
  ],
  "bulletin.print": ["In hoặc lưu PDF", "Print or save as PDF"],
  "bulletin.check": ["Tự kiểm chứng", "Check it yourself"],
  "bulletin.newest": ["Bản tin mới nhất", "The newest bulletin"],
  "bulletin.none": ["Chưa có bản tin nào.", "There is no bulletin yet."],
  "bulletin.unknown": ["Không có bản tin số {0}.", "There is no bulletin {0}."],
  "bulletin.since": ["Thêm từ bản tin số {0} ({1})", "Since bulletin {0} ({1})"],
  "since.column": ["Thêm từ {0}", "Since {0}"],
  "on.rolls": ["Cử tri trong danh sách", "Voters on the rolls"],
  "bulletin.held": ["Báo cáo tạm giữ, không tính", "Reports held, not counted"],
  "bulletin.sha256": ["SHA-256 của bulletin.txt", "SHA-256 of bulletin.txt"],
  "bulletin.key": ["Ký bằng khóa Ed25519", "Signed with the Ed25519 key"],
  "bulletin.original": ["Bản gốc", "The original"],
  "bulletin.original.text": [
    "là các tệp đã ký ở {0}; tờ này chỉ là bản in. Ai cũng kiểm được ở {1}.",
    "are the signed files at {0}; this sheet is a print of them. Anyone can check them at {1}.",
  ],
};
