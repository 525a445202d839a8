// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Coin} from "./libraries/Coin.sol";
import {Hashes} from "./libraries/Hashes.sol";
import {IEscrow} from "./IEscrow.sol";
import {Ledger} from "./Ledger.sol";
import {Refusal} from "./libraries/Refusal.sol";
import {Windows} from "./libraries/Windows.sol";
import {Words} from "./libraries/Words.sol";

/// @notice How a promise becomes final: anybody posts what the settler signed.
abstract contract Epochs is Ledger {
    using Refusal for bytes4;
    using Windows for Job;

    uint256 private constant LAST = 1;
    uint256 private constant REPAID = 2;

    /// @inheritdoc IEscrow
    function post(Opening calldata opening, Statement calldata statement, bytes calldata signature) external {
        (bytes32 jobId, uint256 number) = (statement.jobId, statement.epoch);
        _requireOpening(opening, jobId);
        Job storage target = _live(jobId);
        _requireDepth(statement.depth);
        StaleSeq.selector.unless(statement.seq <= type(uint24).max, statement.seq, type(uint24).max);
        Epoch storage posted = _epochOf(jobId, number);
        (uint256 finalAt, uint256 before, uint256 flags) = (posted.finalAt, posted.total, posted.flags & REPAID);
        uint256 formerAt = finalAt == 0 ? _begin(target, number) : _requireReplaceable(posted, statement);
        address settler = _settlerOf(jobId, number);
        _requireSigned(settler, Hashes.hash(statement), signature);

        uint256 added = statement.total - before;
        target.roll(opening.terms);
        _earmark(target, opening.terms, added);
        _countToday(target, opening.terms, added);
        if (finalAt == 0) finalAt = block.timestamp + opening.terms.postDelay;
        if (statement.last) {
            flags |= LAST;
            if (formerAt <= block.timestamp && target.recent() <= target.bond / 2) finalAt = block.timestamp;
        }
        if (number + 1 == target.epochs) (target.finalBy, target.isComplete) = (uint40(finalAt), statement.last);

        uint256 bounty = flags & REPAID == 0 ? _bounty(target, opening, settler) : 0;
        if (bounty > 0) flags |= REPAID;
        _write(
            posted,
            statement.root,
            statement.total | finalAt << 176 | statement.seq << 216 | statement.depth << 240 | flags << 248
        );
        Words.log(EpochPosted.selector, jobId, number, Words.startOf(statement), 9, finalAt);
        if (bounty == 0) return;

        target.repaid += uint88(bounty);
        emit PostRepaid(jobId, number, msg.sender, bounty);
        Coin.pay(target.token, msg.sender, bounty);
    }

    /// Begins the next epoch, once the former is complete. Returns when the former is final.
    function _begin(Job storage target, uint256 number) private returns (uint256 formerAt) {
        uint256 next = target.epochs;
        WrongEpoch.selector.unless(number == next, number, next);
        _requireOngoing(target);
        formerAt = target.finalBy;
        if (!target.isComplete) _requireTime(formerAt);
        target.epochs = uint32(next + 1);
    }

    /// A higher `seq` of a pending epoch, of the settler's own. Returns when the epoch before it is final.
    function _requireReplaceable(Epoch storage posted, Statement calldata statement) private view returns (uint256) {
        _requireBefore(posted.finalAt);
        StaleSeq.selector.unless(statement.seq > posted.seq, statement.seq, posted.seq);
        TotalFell.selector.unless(statement.total >= posted.total, statement.total, posted.total);
        WrongEpoch.selector.unless(statement.epoch < FORCED, statement.epoch, 0);
        unchecked {
            return _epochOf(statement.jobId, statement.epoch - 1).finalAt; // before the first: nothing, at zero
        }
    }

    /// What a stolen key of the settler can post in one day is bounded.
    function _countToday(Job storage target, Terms calldata terms, uint256 added) private {
        if (terms.settlerCap == 0) return;
        uint256 today = block.timestamp / 1 days;
        if (target.day == today) added += target.dayPosted;
        OverSettlerCap.selector.unless(added <= terms.settlerCap, added, terms.settlerCap);
        (target.day, target.dayPosted) = (uint24(today), uint88(added));
    }

    /// Whoever promised it is not repaid for keeping it.
    function _bounty(Job storage target, Opening calldata opening, address settler) private view returns (uint256) {
        if (msg.sender == settler || msg.sender == target.settler || msg.sender == opening.publisher) return 0;
        return _min(opening.terms.postBounty, opening.terms.postReserve - target.repaid);
    }
}
