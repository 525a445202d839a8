// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Hashes} from "./libraries/Hashes.sol";
import {IEscrow} from "./IEscrow.sol";
import {Ledger} from "./Ledger.sol";
import {Refusal} from "./libraries/Refusal.sol";
import {SumTree} from "./libraries/SumTree.sol";

/// @notice What happens when a settler signs one thing and posts another: the promise is shown, the leaves that keep
/// it are shown, and the bond pays what is missing.
abstract contract Disputes is Ledger {
    using Refusal for bytes4;

    /// Takes the penalties: nobody has its key.
    address private constant NOBODY = 0x000000000000000000000000000000000000dEaD;

    mapping(bytes32 jobId => mapping(address account => Dispute)) private _disputes;

    /// @inheritdoc IEscrow
    function challenge(Opening calldata opening, Challenge calldata broken) external {
        Statement calldata statement = broken.statement;
        bytes32 jobId = statement.jobId;
        _requireOpening(opening, jobId);
        Job storage target = _live(jobId);
        WrongEpoch.selector.unless(statement.epoch < target.epochs, statement.epoch, target.epochs);
        (uint256 from, uint256 delay) = (_epochOf(jobId, statement.epoch).finalAt, opening.terms.challengeDelay);
        _requireBefore(from + delay);
        if (from < block.timestamp) from = block.timestamp;
        _requireSigned(_settlerOf(jobId, statement.epoch), Hashes.hash(statement), broken.signature);
        Leaf calldata leaf = broken.leaf;
        SumTree.requireIn(statement.root, statement.total, statement.depth, leaf, broken.proof);

        (address account, uint256 earned) = (leaf.account, leaf.earned);
        Dispute storage made = _disputes[jobId][account];
        uint256 least = uint256(made.proven) + made.compensated;
        if (made.promised > least) least = made.promised;
        AlreadyProven.selector.unless(earned > least && earned <= target.budget, earned, least);
        if (made.due == 0) target.disputes += 1;
        made.promised = uint88(earned);
        made.due = uint40(from + delay);
        (made.helper, made.fee) = (broken.helper, uint88(broken.fee));
        if (broken.fee != 0) _requireSigned(account, Hashes.hashHelp(broken), broken.consent);
        emit Challenged(jobId, account, earned, made.due);
    }

    /// @inheritdoc IEscrow
    function answer(bytes32 jobId, address account, ProvenLeaf[] calldata leaves) external {
        Dispute storage open = _openDispute(jobId, account);
        _requireBefore(open.due);
        (uint256 sum, uint256 next) = (0, 0);
        for (uint256 i = 0; i < leaves.length; ++i) {
            ProvenLeaf calldata proven = leaves[i];
            _requireAccount(proven.leaf.account, account);
            uint256 place = proven.epoch << 32 | proven.leaf.index;
            bool isNext = place >= next && proven.epoch < FORCED && proven.jobId == jobId;
            OutOfOrder.selector.unless(isNext, place, next);
            _requireFinal(proven);
            next = place + 1;
            sum += proven.leaf.amount;
        }
        // Anybody may answer, so that an answer counts only where it shows more than those before.
        if (sum > open.proven) open.proven = uint88(sum);
        bool isKept = sum + open.compensated >= open.promised;
        if (isKept) _end(jobId, open);
        emit Answered(jobId, account, sum, isKept);
    }

    /// @inheritdoc IEscrow
    function resolve(bytes32 jobId, address account) external {
        Dispute storage open = _openDispute(jobId, account);
        _requireTime(open.due);
        Job storage target = _jobs[jobId];
        (uint256 paid, uint256 fee) = (0, 0);
        // An open dispute promises more than was shown and paid, and no part of the bond is larger than the bond.
        unchecked {
            // The other half is lost with it: a publisher that challenges itself under another name, to carry the bond
            // away from those it owes, loses as much as it carries.
            paid = _min(uint256(open.promised) - open.proven - open.compensated, target.bond / 2);
            fee = _min(open.fee, paid);
            target.bond -= uint88(2 * paid);
            open.compensated += uint88(paid);
        }
        _end(jobId, open);
        emit Resolved(jobId, account, paid, paid);

        address token = target.token;
        _addCredit(token, NOBODY, paid);
        _payOrCredit(token, account, paid - fee);
        _payOrCredit(token, open.helper, fee);
    }

    function _openDispute(bytes32 jobId, address account) private view returns (Dispute storage open) {
        open = _disputes[jobId][account];
        NoDispute.selector.unless(open.due != 0, uint160(account), uint256(jobId));
    }

    function _end(bytes32 jobId, Dispute storage open) private {
        open.due = 0;
        _jobs[jobId].disputes -= 1;
    }
}
