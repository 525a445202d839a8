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
    using Windows for Windows.Book;

    uint256 private constant LAST = 1;
    uint256 private constant REPAID = 2;

    /// Totals by the moment they become final, in windows of `challengeDelay`.
    mapping(bytes32 jobId => Windows.Book) private _finals;

    /// @inheritdoc IEscrow
    function post(Opening calldata opening, Statement calldata statement, bytes calldata signature) external {
        (bytes32 jobId, uint256 number) = (statement.jobId, statement.epoch);
        _requireOpening(opening, jobId);
        Job storage target = _live(jobId);
        _requireDepth(statement.depth);
        StaleSeq.selector.unless(statement.seq <= type(uint24).max, statement.seq, type(uint24).max);
        Epoch storage posted = _epochOf(jobId, number);
        (uint256 finalAt, uint256 before, uint256 flags) = (posted.finalAt, posted.total, posted.flags & REPAID);
        if (finalAt == 0) _begin(target, jobId, number);
        else _requireReplaceable(posted, statement);
        _requireSigned(_settlerOf(jobId, number), Hashes.hash(statement), signature);

        uint256 added = statement.total - before;
        _earmark(target, opening.terms, added);
        _countToday(target, opening.terms, added);
        Windows.Book storage finals = _finals[jobId];
        if (statement.last) flags |= LAST;
        if (finalAt == 0) finalAt = block.timestamp + opening.terms.postDelay;
        else finals.subtract(finalAt, opening.terms.challengeDelay, before);
        if (_isFinalAtOnce(target, opening.terms, statement)) finalAt = block.timestamp;
        finals.add(finalAt, opening.terms.challengeDelay, statement.total);
        if (finalAt > target.finalBy) target.finalBy = uint40(finalAt);

        uint256 bounty = flags & REPAID == 0 ? _bounty(target, opening) : 0;
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

    /// Begins the next epoch, once the former is complete.
    function _begin(Job storage target, bytes32 jobId, uint256 number) private {
        uint256 next = target.epochs;
        WrongEpoch.selector.unless(number == next, number, next);
        _requireOngoing(target);
        if (number != 0) {
            Epoch storage former = _formerOf(jobId, number);
            if (former.flags & LAST == 0) _requireTime(former.finalAt);
        }
        target.epochs = uint32(next + 1);
    }

    function _formerOf(bytes32 jobId, uint256 number) private view returns (Epoch storage) {
        unchecked {
            return _epochOf(jobId, number - 1);
        }
    }

    /// A higher `seq` of a pending epoch, of the settler's own.
    function _requireReplaceable(Epoch storage posted, Statement calldata statement) private view {
        _requireBefore(posted.finalAt);
        StaleSeq.selector.unless(statement.seq > posted.seq, statement.seq, posted.seq);
        TotalFell.selector.unless(statement.total >= posted.total, statement.total, posted.total);
        WrongEpoch.selector.unless(statement.epoch < FORCED, statement.epoch, 0);
    }

    /// What a stolen key of the settler can post in one day is bounded.
    function _countToday(Job storage target, Terms calldata terms, uint256 added) private {
        if (terms.settlerCap == 0) return;
        uint256 today = block.timestamp / 1 days;
        if (target.day == today) added += target.dayPosted;
        OverSettlerCap.selector.unless(added <= terms.settlerCap, added, terms.settlerCap);
        (target.day, target.dayPosted) = (uint24(today), uint88(added));
    }

    /// Whether the bond still covers what the last statement of an epoch says, with all that became final lately. Epochs
    /// become final in their order.
    function _isFinalAtOnce(Job storage target, Terms calldata terms, Statement calldata statement)
        private
        view
        returns (bool)
    {
        (bytes32 jobId, uint256 number) = (statement.jobId, statement.epoch);
        if (!statement.last) return false;
        if (number != 0 && _formerOf(jobId, number).finalAt > block.timestamp) return false;
        return _finals[jobId].recent(terms.challengeDelay) + statement.total <= target.bond / 2;
    }

    function _bounty(Job storage target, Opening calldata opening) private view returns (uint256) {
        if (msg.sender == target.settler || msg.sender == opening.publisher) return 0;
        return _min(opening.terms.postBounty, opening.terms.postReserve - target.repaid);
    }
}
